namespace Nhi.Rotation.Backends.Files;

/// <summary>Somebody's interest in a watched directory.</summary>
internal sealed class DirectorySubscription
{
    // File names on Windows and macOS usually ignore case; a signal too many does no harm there.
    private static readonly StringComparison Comparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private readonly Action<DirectoryChange> _onChange;

    public DirectorySubscription(DirectoryWatch watch, string? name, Action<DirectoryChange> onChange)
    {
        Watch = watch;
        Name = name;
        _onChange = onChange;
    }

    public DirectoryWatch Watch { get; }

    /// <summary>The name of interest, or <see langword="null"/> for any.</summary>
    public string? Name { get; }

    public bool IsAbout(string? changed) => Name is null || changed is null || string.Equals(Name, changed, Comparison);

    public void Notify(DirectoryChange change) => _onChange(change);
}

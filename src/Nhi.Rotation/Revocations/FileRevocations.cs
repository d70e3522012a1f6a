using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Revocations;

/// <summary>
/// A list in a file. It is small, so it is read whole each time it is looked at: no change is missed on any file system, mounted, linked or replaced.
/// </summary>
internal sealed class FileRevocations(string path, RevocationListOptions options) : RevocationSource(options)
{
    // Null while there is nothing to read.
    private byte[]? _loaded;
    private byte[]? _seen;

    public override string Name => path;

    public override bool HasChanged()
    {
        // Who writes in place is given until the next look to finish.
        var (before, now) = (_seen, Look());
        _seen = now;
        return IsSame(before, now) && !IsSame(now, _loaded);
    }

    protected override IReadOnlyList<RevocationEntry> Read()
    {
        _loaded = null;
        _seen = _loaded = RevocationListFile.ReadBytes(path);
        return RevocationListFile.Parse(_loaded, path);
    }

    private static bool IsSame(byte[]? one, byte[]? other) => one is null || other is null ? one == other : one.AsSpan().SequenceEqual(other);

    private byte[]? Look()
    {
        try
        {
            return RevocationListFile.ReadBytes(path);
        }
        catch (RevocationListException)
        {
            return null;
        }
    }
}

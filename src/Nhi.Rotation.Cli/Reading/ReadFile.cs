namespace Nhi.Rotation.Cli.Reading;

/// <summary>One file as it was found.</summary>
/// <param name="Path">Where.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record ReadFile(string Path, IReadOnlyList<ReadLine> Lines)
{
    /// <summary>Who wrote most of it; a file in which nothing can be read stands for itself.</summary>
    public string Instance => Lines.Select(line => line.Content?.Instance).OfType<string>()
        .CountBy(instance => instance, StringComparer.Ordinal).OrderByDescending(count => count.Value).Select(count => count.Key).FirstOrDefault() ?? Path;

    public long FirstSeq => Lines.FirstOrDefault(line => line.Content?.Instance == Instance)?.Content?.Seq ?? long.MaxValue;
}

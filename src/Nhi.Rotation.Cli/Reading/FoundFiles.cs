namespace Nhi.Rotation.Cli.Reading;

/// <summary>Files that the arguments name or contain.</summary>
/// <param name="Evidence">What is or claims to be evidence.</param>
/// <param name="LeftAlone">Other files in the directories.</param>
internal sealed record FoundFiles(IReadOnlyList<string> Evidence, IReadOnlyList<string> LeftAlone);

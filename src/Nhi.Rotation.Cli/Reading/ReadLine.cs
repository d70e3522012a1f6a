using Nhi.Rotation.Evidence.Journal;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>One line as it was found.</summary>
/// <param name="Content">What it says, or <see langword="null"/> if it is no line of evidence.</param>
/// <param name="Hash">The hash of what it says.</param>
/// <param name="IsSealed">Whether that is also the hash it carries.</param>
/// <param name="IsWhole">Whether it ends with a newline, or is complete without one.</param>
internal sealed record ReadLine(JournalLine? Content, string Hash, bool IsSealed, bool IsWhole);

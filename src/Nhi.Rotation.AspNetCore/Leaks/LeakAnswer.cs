namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>What became of one report.</summary>
/// <param name="IsKnown">Whether it is a value of ours.</param>
/// <param name="Versions">Whose it is.</param>
internal sealed record LeakAnswer(bool IsKnown, IReadOnlyList<LeakedVersion> Versions);

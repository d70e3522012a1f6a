namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>The verdict on one old version.</summary>
internal sealed record VerdictReport(VerdictKind Kind, DateTimeOffset? Since, IReadOnlyList<string> Reasons);

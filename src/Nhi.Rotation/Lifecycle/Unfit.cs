namespace Nhi.Rotation.Lifecycle;

/// <summary>Why a value is no secret. It is never accepted from a caller.</summary>
/// <param name="Rule">The rule it breaks, as the end of "it is no secret: ...". Quotes nothing of the value.</param>
/// <param name="IsRefused">Whether it is not presented either.</param>
internal sealed record Unfit(string Rule, bool IsRefused);

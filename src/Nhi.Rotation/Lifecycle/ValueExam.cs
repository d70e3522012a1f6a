namespace Nhi.Rotation.Lifecycle;

/// <summary>What is known of a version that a backend listed, without its value.</summary>
/// <param name="Mark">Equal for equal values.</param>
/// <param name="Unfit">Why it is no secret, if it is none.</param>
/// <param name="Remark">What is to be said of it all the same, for people.</param>
/// <param name="RevokedBecause">Why it is revoked, if a list of revocations or the store itself says so.</param>
internal readonly record struct ValueExam(ValueMark? Mark = null, Unfit? Unfit = null, string? Remark = null, string? RevokedBecause = null);

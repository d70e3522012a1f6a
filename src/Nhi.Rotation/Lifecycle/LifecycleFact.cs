namespace Nhi.Rotation.Lifecycle;

/// <summary>One thing that a step changed.</summary>
/// <param name="Kind">What.</param>
/// <param name="VersionId">Of which version.</param>
/// <param name="OtherId">The version it replaced, if any.</param>
/// <param name="Detail">Why, for people.</param>
internal readonly record struct LifecycleFact(FactKind Kind, string VersionId, string? OtherId = null, string? Detail = null);

namespace Nhi.Rotation;

/// <summary>Somebody who uses a credential.</summary>
/// <param name="Consumer">The part of the app.</param>
/// <param name="Caller">Who presents it to us, or <see langword="null"/> for our own use.</param>
/// <param name="LastVersionId">The version used last.</param>
/// <param name="LastUse">When that use was noticed.</param>
/// <param name="Uses">All uses of all versions that are still known.</param>
public sealed record InventoryConsumer(string Consumer, string? Caller, string LastVersionId, DateTimeOffset? LastUse, long Uses);

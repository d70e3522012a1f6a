namespace Nhi.Rotation;

/// <summary>Somebody who used a version.</summary>
/// <param name="Consumer">The part of the app.</param>
/// <param name="Caller">Who presented it to us, or <see langword="null"/> for our own use.</param>
/// <param name="LastUse">When the last use was noticed, at the resolution of the ledger's sweep.</param>
public sealed record VersionUser(string Consumer, string? Caller, DateTimeOffset? LastUse)
{
    /// <summary>Consumer, caller and last use, for people.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{(Caller is null ? Consumer : $"{Consumer} (caller {Caller})")}, last {(LastUse is { } at ? $"{at:yyyy-MM-dd HH:mm:ss}Z" : "unknown")}");
}

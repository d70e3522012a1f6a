using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>One access token, as the header that carries it.</summary>
/// <param name="Version">The version that it was got with.</param>
/// <param name="Stamp">The header.</param>
/// <param name="ObtainedAt">A timestamp of the clock.</param>
/// <param name="Lifetime">How long it is valid from then on.</param>
/// <param name="Generation">The set of versions that there was when it was asked for.</param>
internal sealed record AccessToken(Credential Version, HeaderStamp Stamp, long ObtainedAt, TimeSpan Lifetime, long Generation)
{
    public override string ToString() => $"access token by {Version}";
}

namespace Nhi.Rotation.AspNetCore;

/// <summary>The claims of a caller that was authenticated by an API key, besides its name: <see cref="System.Security.Claims.ClaimTypes.NameIdentifier"/> is the client's id.</summary>
public static class ApiKeyClaimTypes
{
    /// <summary>The name of the credential that the key belongs to.</summary>
    public const string Credential = "nhi.credential.name";

    /// <summary>The backend's id of the version that was presented.</summary>
    public const string Version = "nhi.credential.version";

    /// <summary>The stage of that version: <c>pending</c>, <c>current</c> or <c>previous</c>.</summary>
    public const string Stage = "nhi.credential.stage";
}

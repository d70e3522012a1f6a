namespace Nhi.Rotation.AspNetCore;

/// <summary>Names that API key authentication uses unless told otherwise.</summary>
public static class RotatingApiKeyDefaults
{
    /// <summary>The authentication scheme: <c>ApiKey</c>.</summary>
    public const string AuthenticationScheme = "ApiKey";

    /// <summary>The header that carries the key: <c>X-Api-Key</c>.</summary>
    public const string HeaderName = "X-Api-Key";
}

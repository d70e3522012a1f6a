namespace Nhi.Rotation.Following;

/// <summary>The current version, for callers that cannot await.</summary>
internal static class FirstVersion
{
    /// <summary>Blocks while the first load is under way.</summary>
    /// <exception cref="CredentialUnavailableException">There is none.</exception>
    public static Credential Wait(IRotatingCredentialProvider provider) =>
        provider.Credentials.Current ?? provider.GetCurrentAsync().AsTask().GetAwaiter().GetResult();
}

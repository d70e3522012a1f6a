namespace Nhi.Rotation;

/// <summary>Tells how the credentials are doing, by the rules of the health checks, for pages and tools that show more than a health check does.</summary>
/// <remarks>Safe for concurrent use. Reads what is known and asks nobody.</remarks>
public interface ICredentialHealthReader
{
    /// <summary>How each credential is doing now.</summary>
    /// <returns>A copy; one entry a credential.</returns>
    IReadOnlyList<CredentialHealth> Read();
}

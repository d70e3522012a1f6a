namespace Nhi.Rotation.GoogleSecretManager.Tests.Server;

/// <summary>An error as Google's APIs put it into the body.</summary>
internal sealed class GoogleError(int code, string status, string message) : Exception(message)
{
    public const string Canary = "CANARY-5be2d1c7-never-shown";

    public int Code { get; } = code;

    public string Status { get; } = status;

    public static GoogleError NotFound(string what) => new(404, "NOT_FOUND", $"Secret [{what}] not found or has no versions.");
}

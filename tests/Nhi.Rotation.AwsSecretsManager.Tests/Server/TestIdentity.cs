namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

internal sealed record TestIdentity(string KeyId, string SecretKey, string? SessionToken = null)
{
    public bool IsExpired { get; init; }

    /// <summary>Actions that this identity may not call, such as <c>secretsmanager:GetSecretValue</c>.</summary>
    public HashSet<string> Denied { get; init; } = [];
}

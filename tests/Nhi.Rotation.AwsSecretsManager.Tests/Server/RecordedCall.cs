namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>One request as it arrived, and what it was answered with.</summary>
internal sealed record RecordedCall(string Operation, string Host, string Region, string Body)
{
    /// <summary>The answer's body, if the request succeeded.</summary>
    public string? Response { get; set; }
}

namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>A clock that is wrong by a set amount.</summary>
internal sealed class ServerClock : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}

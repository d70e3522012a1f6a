namespace Nhi.Rotation.Tests.Support;

/// <summary>The system's clock, an hour later: files that were just written are old by it.</summary>
internal sealed class LaterTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromHours(1);
}

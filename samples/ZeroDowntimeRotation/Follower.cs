using Nhi.Rotation;

namespace ZeroDowntimeRotation;

/// <summary>Follows a real mounted secret: the partner accepts the newest two values, and somebody else rotates.</summary>
internal static class Follower
{
    /// <summary>The partner's consumer name, so that its reads are not mistaken for the client's.</summary>
    public const string Consumer = "partner's key registry";

    public static async Task RunAsync(IRotatingCredentialProvider credential, Upstream upstream, Action<string> tell, TimeSpan duration)
    {
        var partner = credential.ForConsumer(Consumer);
        tell($"Following the secret for {duration.TotalSeconds:0} s; rotate it now.");
        using var end = new CancellationTokenSource(duration);
        var seen = partner.Current;
        while (!end.IsCancellationRequested)
        {
            if (partner.Current.VersionId != seen.VersionId)
            {
                upstream.Accept(seen.Reveal(), partner.Current.Reveal());
                tell($"Rotated from {seen.VersionId} to {partner.Current.VersionId}.");
                seen = partner.Current;
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }
}

using Nhi.Rotation;

namespace ZeroDowntimeRotation;

/// <summary>Follows a real mounted secret: the partner accepts the newest two values, and somebody else rotates.</summary>
internal static class Follower
{
    /// <summary>The partner's consumer name, so that its reads are not mistaken for the client's.</summary>
    public const string Consumer = "partner's key registry";

    public static async Task RunAsync(IRotatingCredentialProvider credential, Upstream upstream, Action<string> tell, TimeSpan duration, CancellationToken stopping)
    {
        var partner = credential.ForConsumer(Consumer);
        tell($"Following the secret for {duration.TotalSeconds:0} s; rotate it now.");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        end.CancelAfter(duration);
        var seen = partner.Current.VersionId;
        var generation = 0L;
        while (!end.IsCancellationRequested)
        {
            var set = partner.Credentials;
            if (set.Generation != generation)
            {
                generation = set.Generation;
                var other = set.Pending is [var pending, ..] ? pending : set.Previous is [var previous, ..] ? previous : null;
                upstream.Accept(other is null ? [partner.Current.Reveal()] : [partner.Current.Reveal(), other.Reveal()]);
            }

            if (partner.Current.VersionId != seen)
            {
                tell($"{partner.Current.VersionId} is current now, instead of {seen}.");
                seen = partner.Current.VersionId;
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }
}

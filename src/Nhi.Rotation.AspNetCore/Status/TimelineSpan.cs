namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>What a credential's timeline covers: from the first version that was seen to now, and a little of the future where an overlap window still runs.</summary>
internal readonly record struct TimelineSpan(DateTimeOffset Start, DateTimeOffset Now, DateTimeOffset End)
{
    /// <summary>The width that the picture is drawn in.</summary>
    public const int Width = 1000;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    public static TimelineSpan Of(CredentialReport credential, DateTimeOffset now)
    {
        var start = credential.Versions.Min(version => version.SeenAt) ?? now;
        if (now - start < Shortest)
        {
            start = now - Shortest;
        }

        // A window of days would press the past into a line, so at most a third of the picture is to come.
        var overlap = credential.Versions.Where(version => version.Stage == CredentialStage.Previous).Max(version => version.OverlapEndsAt);
        var end = now + ((now - start) / 2);
        return new TimelineSpan(start, now, overlap > now ? (overlap < end ? overlap.Value : end) : now);
    }

    /// <summary>Where a moment lies, in whole units of <see cref="Width"/>.</summary>
    public int At(DateTimeOffset moment) => (int)Math.Clamp(Math.Round((moment - Start) / (End - Start) * Width), 0, Width);
}

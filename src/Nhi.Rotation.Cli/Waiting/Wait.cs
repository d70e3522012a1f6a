namespace Nhi.Rotation.Cli.Waiting;

/// <summary>Looks again and again until there is an end.</summary>
internal sealed class Wait(ISightSource source, IWaitDisplay display, TimeProvider time)
{
    /// <summary>Waits.</summary>
    /// <param name="interval">The time between two looks.</param>
    /// <param name="timeout">When time is up; the last look is then.</param>
    /// <param name="ct">Ends it before.</param>
    /// <returns>The last sight, and whether time is up.</returns>
    public async Task<(Sight Sight, bool IsTimeUp)> RunAsync(TimeSpan interval, TimeSpan timeout, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            var sight = await source.LookAsync(ct);
            var left = timeout - time.GetElapsedTime(started);

            // What cannot be seen at once is said at once, and not that it is waited for; what vanishes later may come back.
            if (isFirst && sight.State is SightState.Senseless or SightState.Unreadable)
            {
                return (sight, IsTimeUp: false);
            }

            display.Show(sight, time.GetUtcNow(), left);
            if (sight.State is SightState.Safe or SightState.Violated)
            {
                return (sight, IsTimeUp: false);
            }

            if (left <= TimeSpan.Zero)
            {
                return (sight, IsTimeUp: true);
            }

            await Task.Delay(left < interval ? left : interval, time, ct);
        }
    }
}

using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>Time that stands still, and tells when somebody waits for it to pass.</summary>
internal sealed class SteppedTime : FakeTimeProvider, IDisposable
{
    private readonly SemaphoreSlim _waits = new(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Release();
        return timer;
    }

    /// <summary>Returns once for each wait that was begun.</summary>
    public async Task WaitBegunAsync() =>
        Assert.True(await _waits.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "nobody waits");

    public void Step() => Advance(TimeSpan.FromMilliseconds(1));

    public void Dispose() => _waits.Dispose();
}

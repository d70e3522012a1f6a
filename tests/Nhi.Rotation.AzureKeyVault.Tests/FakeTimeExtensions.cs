using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>The engine waits on fake time and the server answers in real time: time is moved until what is waited for has happened.</summary>
internal static class FakeTimeExtensions
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Moves time in small steps, so that retries inside a refresh come, until the task ends.</summary>
    public static async Task<T> WaitThroughRetriesAsync<T>(this ValueTask<T> task, FakeTimeProvider time)
    {
        var running = task.AsTask();
        await UntilAsync(() => running.IsCompleted, time, TimeSpan.FromMilliseconds(50));
        return await running;
    }

    /// <summary>Moves time in steps until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, FakeTimeProvider? time = null, TimeSpan step = default)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline, "it did not happen");
            time?.Advance(step);
            await Task.Delay(2);
        }
    }
}

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a condition; fails after a generous deadline.</summary>
    public static async Task IsAsync(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, $"never: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}

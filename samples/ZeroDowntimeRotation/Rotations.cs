using Nhi.Rotation;

namespace ZeroDowntimeRotation;

/// <summary>Five rotations, as an operator and a partner would do them: a key of its own each, the other side first where it can.</summary>
internal sealed class Rotations(Upstream upstream, Action<string> writeSecret, IRotatingCredentialProvider credential, Action<string> tell)
{
    /// <summary>The app's overlap window.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(3);

    /// <summary>How long a version that is not accepted yet is paused before it is tried again.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    /// <summary>How long nobody may have used an old key before it is safe to revoke.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private const string LeakedKey = "key-of-the-demo-that-leaked";

    public static string Key(int number) => $"key-{number}-of-the-demo";

    public async Task RunAsync()
    {
        tell("Load on the first key.");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await RotateAsync(1, "a planned rotation");
        await RotateEarlyAsync(2);
        await RotateAsync(3, "a planned rotation");
        await RevokeAsync(4);
        await RotateAsync(5, "a planned rotation");
    }

    /// <summary>One planned rotation, seen from the middle of the overlap.</summary>
    public async Task RunOnceAsync()
    {
        tell("Load on the first key, which one consumer captured at start.");
        await Task.Delay(TimeSpan.FromSeconds(1));
        tell("Rotation 1: a planned rotation. The partner accepts the new key, then the volume is swapped.");
        upstream.Accept(Key(0), Key(1));
        await SwapAsync(1);
        await Task.Delay(TimeSpan.FromSeconds(3));
        tell("  In the overlap: may the partner drop the old key?");
    }

    private async Task RotateAsync(int number, string title)
    {
        tell($"Rotation {number}: {title}. The partner accepts the new key, then the volume is swapped.");
        upstream.Accept(Key(number - 1), Key(number));
        await SwapAsync(number);
        await WaitForOverlapEndAsync();
        upstream.Accept(Key(number));
    }

    private async Task RotateEarlyAsync(int number)
    {
        tell($"Rotation {number}: the volume is swapped before the partner accepts the new key.");
        await SwapAsync(number);
        await WaitUntilAsync(() => credential.Credentials.Pending.Count > 0, "the app falls back");
        tell("  The partner refuses the new key; the app is back on the old one and will try again.");
        await Task.Delay(TimeSpan.FromSeconds(1));
        upstream.Accept(Key(number - 1), Key(number));
        tell("  The partner accepts the new key now.");
        await WaitUntilAsync(() => credential.Credentials.Pending.Count == 0, "the app tries the new key again");
        await WaitForOverlapEndAsync();
        upstream.Accept(Key(number));
    }

    private async Task RevokeAsync(int number)
    {
        tell($"Rotation {number}: the key leaks right after it went live, while the one before is still in overlap.");
        upstream.Accept(Key(number - 1), LeakedKey);
        writeSecret(LeakedKey);
        await WaitUntilAsync(() => credential.Credentials.Previous.Count > 0, "the leaked key is live");
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await credential.RevokeAsync(credential.Current.VersionId, "leaked in a build log");
        upstream.Accept(Key(number - 1));
        tell("  Revoked: the app is back on the key before, at once. Now a clean replacement is staged.");
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        upstream.Accept(Key(number - 1), Key(number));
        await SwapAsync(number);
        await WaitForOverlapEndAsync();
        upstream.Accept(Key(number));
    }

    private async Task SwapAsync(int number)
    {
        var generation = credential.Credentials.Generation;
        writeSecret(Key(number));
        await WaitUntilAsync(() => credential.Credentials.Generation > generation && credential.Credentials.Previous.Count + credential.Credentials.Pending.Count > 0, "the app sees the new key");
    }

    private async Task WaitForOverlapEndAsync()
    {
        await WaitUntilAsync(() => credential.Credentials.Previous.Count == 0, "the overlap window ends");
        tell("  Overlap over: the partner drops the old key.");
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited 20 s in vain until {what}.");
            }

            await Task.Delay(5);
        }
    }
}

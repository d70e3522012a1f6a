namespace Nhi.Rotation.Vault.Leasing;

/// <summary>
/// When a lease is replaced because the other side refuses it: the first time at once, for its user may be gone. If the other side refuses the next one too, the leases are not to blame, and each further one waits
/// twice as long as the one before: a server that refuses everything costs six leases in its first hour and one in each further one. Pure; times are on the monotonic clock.
/// </summary>
internal sealed class RefusalPace
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    // After so long without a refusal that replaced one, the next refusal is another matter.
    private static readonly TimeSpan Calm = TimeSpan.FromHours(2);

    private TimeSpan _last;
    private int _inARow;

    public bool IsOpen(TimeSpan now) => now >= _last + Pause;

    /// <summary>One was replaced.</summary>
    public void Note(TimeSpan now) => (_last, _inARow) = (now, now - _last > Calm ? 1 : _inARow + 1);

    private TimeSpan Pause
    {
        get
        {
            var pause = _inARow == 0 ? TimeSpan.Zero : FirstPause * (1 << Math.Min(_inARow - 1, 10));
            return pause < LongestPause ? pause : LongestPause;
        }
    }
}

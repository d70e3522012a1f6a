namespace Nhi.Rotation;

/// <summary>
/// How many operations may try again what a target refused a moment ago. All that come together may, as when it changes its mind under load: only what that led to shows a flood
/// against a target that refuses everything. From then on each counts beforehand. Guarded by its owner.
/// </summary>
internal sealed class LastResorts(TimeProvider time)
{
    // In vain, within little time.
    private const int Max = 20;

    // As many come back.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private bool _isFlood;
    private double _left = Max;
    private long _countedAt = time.GetTimestamp();

    public bool MayTry()
    {
        _left = Math.Min(Max, _left + (time.GetElapsedTime(_countedAt) / Every));
        _countedAt = time.GetTimestamp();
        _isFlood &= _left < Max;
        if (_left < 1)
        {
            return false;
        }

        _left -= _isFlood ? 1 : 0;
        return true;
    }

    public void Failed()
    {
        if (!_isFlood)
        {
            _left = Math.Max(0, _left - 1);
            _isFlood = _left < 1;
        }
    }

    public void Helped()
    {
        _isFlood = false;
        _left = Max;
    }
}

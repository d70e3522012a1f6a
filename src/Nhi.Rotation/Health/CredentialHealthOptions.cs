namespace Nhi.Rotation;

/// <summary>From when on a credential that still works counts as degraded.</summary>
public sealed class CredentialHealthOptions
{
    private int _degradedAfterFailures = 3;
    private TimeSpan _degradedAfter = TimeSpan.FromMinutes(15);
    private TimeSpan? _expiryWarning;

    internal CredentialHealthOptions()
    {
    }

    /// <summary>Degraded after so many failed refreshes in a row; each is three requests already. At least 1. Default 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int DegradedAfterFailures
    {
        get => _degradedAfterFailures;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _degradedAfterFailures = value;
        }
    }

    /// <summary>Degraded when refreshes have been failing for so long, however few they were. More than 0. Default 15 min: three refresh intervals.</summary>
    /// <exception cref="ArgumentOutOfRangeException">0 or less.</exception>
    public TimeSpan DegradedAfter
    {
        get => _degradedAfter;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            _degradedAfter = value;
        }
    }

    /// <summary>
    /// Degraded when the current version expires within this time and no version that lasts longer is there to replace it. More than 0. Default
    /// <see langword="null"/>: not looked at, because it depends on how long versions live.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">0 or less.</exception>
    public TimeSpan? ExpiryWarning
    {
        get => _expiryWarning;
        set
        {
            if (value is { } warning)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(warning, TimeSpan.Zero, nameof(value));
            }

            _expiryWarning = value;
        }
    }
}

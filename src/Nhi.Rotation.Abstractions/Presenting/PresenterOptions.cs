namespace Nhi.Rotation;

/// <summary>How far a <see cref="Presenter{T}"/> goes to find a version that works.</summary>
public sealed class PresenterOptions
{
    /// <summary>
    /// The most versions that one operation presents, the first included: 4 by default, as two rotations in quick succession leave three versions, and a fourth is on its
    /// way. 1 to 16; 1 never tries another one. Where a login is locked after some failures, choose fewer than that.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1, or more than 16.</exception>
    public int MaxAttempts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 16);
            field = value;
        }
    } = 4;

    /// <summary>
    /// How long one operation waits in all for the refresh that may bring a newer version. Default 5 s: one round trip to a secret store, with a retry.
    /// <see cref="TimeSpan.Zero"/> does not wait; at most an hour.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than an hour.</exception>
    public TimeSpan MaxWait
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromHours(1));
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the store is asked before older versions are tried. Default <see langword="false"/>: what is at hand costs less. <see langword="true"/> where the other side has
    /// one password at a time, which is changed there first, so that an older one is sure to fail. The version that an operation
    /// began with is then tried once more after the others, as it may have taken effect meanwhile.
    /// </summary>
    public bool AskStoreFirst { get; init; }

    /// <summary>
    /// Whether the value is built at each take, by code whose reveals count. Default <see langword="false"/>: once per version, and taking it counts one use.
    /// </summary>
    public bool BuildEachTime { get; init; }

    /// <summary>The clock. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

namespace Nhi.Rotation.Evidence.Chains;

/// <summary>A place in a chain, after one of its lines.</summary>
/// <param name="Lines">How many lines come up to here.</param>
/// <param name="Head">The hash of the last of them, 64 lower-case hexadecimal digits; zeros before the first.</param>
public readonly record struct ChainPosition(long Lines, string Head)
{
    /// <summary>Before the first line.</summary>
    public static ChainPosition Origin { get; } = new(0, LineSeal.Origin);
}

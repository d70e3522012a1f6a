namespace Nhi.Rotation.Testing;

/// <summary>Ends a check from inside a step that several rules share. Never leaves the suite.</summary>
#pragma warning disable CA1064 // Caught by the suite, so nobody outside can need its type.
internal sealed class RuleBrokenException : Exception
#pragma warning restore CA1064
{
    public RuleBrokenException(string message)
        : base(message)
    {
    }
}

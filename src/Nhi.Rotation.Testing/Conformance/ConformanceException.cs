namespace Nhi.Rotation.Testing;

/// <summary>A backend breaks a rule. The message names the rule, what went wrong and where to read on; it never contains a value.</summary>
public sealed class ConformanceException : Exception
{
    internal ConformanceException(ConformanceResult result)
        : base($"{result} See {result.Rule.Link}")
    {
        Result = result;
    }

    /// <summary>The result.</summary>
    public ConformanceResult Result { get; }
}

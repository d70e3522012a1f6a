namespace Nhi.Rotation.Testing;

/// <summary>What checking a rule came to.</summary>
public enum ConformanceVerdict
{
    /// <summary>The backend keeps the rule.</summary>
    Passed,

    /// <summary>The backend breaks the rule.</summary>
    Failed,

    /// <summary>The rule says nothing about this backend, or the fixture cannot bring about what it needs.</summary>
    NotApplicable,
}

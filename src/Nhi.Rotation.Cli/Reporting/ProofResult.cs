namespace Nhi.Rotation.Cli.Reporting;

/// <summary>How far something is proven.</summary>
internal enum ProofResult
{
    /// <summary>The evidence shows it.</summary>
    Shown,

    /// <summary>The evidence does not show it.</summary>
    NotShown,

    /// <summary>The evidence shows the contrary.</summary>
    Refuted,
}

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>What something happened to.</summary>
internal enum MomentOf
{
    /// <summary>The old version.</summary>
    Old,

    /// <summary>The new one.</summary>
    New,

    /// <summary>Neither.</summary>
    Report,
}

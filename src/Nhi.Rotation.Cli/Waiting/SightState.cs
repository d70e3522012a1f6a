namespace Nhi.Rotation.Cli.Waiting;

/// <summary>What follows from a look.</summary>
internal enum SightState
{
    /// <summary>It is not safe yet, or not known to be.</summary>
    Waiting,

    /// <summary>Safe.</summary>
    Safe,

    /// <summary>Violated: waiting makes it no better.</summary>
    Violated,

    /// <summary>The question makes no sense.</summary>
    Senseless,

    /// <summary>Nobody answers, or not what was asked.</summary>
    Unreadable,
}

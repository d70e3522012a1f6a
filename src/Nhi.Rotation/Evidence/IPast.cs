using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence;

/// <summary>What is known of runs before this process and beside it.</summary>
internal interface IPast
{
    /// <summary>Who this run is among them.</summary>
    ChainIdentity Self { get; }

    /// <summary>What is known of them now.</summary>
    PastRuns Take();
}

namespace Nhi.Rotation.Evidence;

/// <summary>Somebody to whom things are given out of one version.</summary>
internal interface IReceiver
{
    /// <summary>What was given last; the others follow it. Guarded by the lock of all evidence.</summary>
    GivenObject? Given { get; set; }
}

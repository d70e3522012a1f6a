namespace Nhi.Rotation.Leases;

/// <summary>How far one lease has been given back. The desk locks.</summary>
internal sealed class LeaseReturn
{
    /// <summary>The call that is under way, if one is.</summary>
    public Task? Call { get; set; }

    public bool IsDone { get; set; }

    /// <summary>How many attempts failed in a row.</summary>
    public int Failures { get; set; }

    /// <summary>When the next attempt may be made, on the monotonic clock.</summary>
    public TimeSpan TurnAt { get; set; }
}

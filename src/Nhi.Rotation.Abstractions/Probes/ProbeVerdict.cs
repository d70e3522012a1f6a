namespace Nhi.Rotation;

/// <summary>What a probe found out.</summary>
public enum ProbeVerdict
{
    /// <summary>Nothing: the other side could not be reached, or answered neither yes nor no.</summary>
    Inconclusive,

    /// <summary>The other side accepts the version.</summary>
    Accepted,

    /// <summary>The other side refuses the version.</summary>
    Rejected,
}

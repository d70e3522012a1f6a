namespace Nhi.Rotation.Evidence;

/// <summary>What a piece of evidence says. The names are part of the file format.</summary>
public enum EvidenceKind
{
    /// <summary>A file begins: the app, the instance and the format.</summary>
    Started,

    /// <summary>A credential's owner, purpose and quiet period.</summary>
    Described,

    /// <summary>The backend listed a version for the first time.</summary>
    Seen,

    /// <summary>A version was probed before promotion.</summary>
    Probed,

    /// <summary>A version became current.</summary>
    Promoted,

    /// <summary>The other side accepted a version on the workload path for the first time.</summary>
    Accepted,

    /// <summary>A version became previous.</summary>
    Superseded,

    /// <summary>A version waits again: paused after refusals, or taken back by the backend.</summary>
    SetBack,

    /// <summary>A version retired.</summary>
    Retired,

    /// <summary>A version was revoked.</summary>
    Revoked,

    /// <summary>A version was probed after it ended.</summary>
    RetirementProbed,

    /// <summary>The uses of a version by one consumer or caller so far.</summary>
    Used,

    /// <summary>Nothing happened, and somebody was there to see it.</summary>
    Alive,

    /// <summary>Evidence was lost because it could not be written.</summary>
    Lost,

    /// <summary>The app stopped in good order; nothing comes after.</summary>
    Stopped,

    /// <summary>A version came with the value of another one.</summary>
    SameValue,

    /// <summary>The other side answered a request with a version for the first time and did not refuse it; nothing shows that it looked at it.</summary>
    Answered,

    /// <summary>Copies of a version's value were looked for on a machine.</summary>
    Hunted,
}

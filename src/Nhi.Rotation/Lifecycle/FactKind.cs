namespace Nhi.Rotation.Lifecycle;

/// <summary>What became of a version in one step.</summary>
internal enum FactKind
{
    /// <summary>The backend listed it for the first time.</summary>
    Seen,

    /// <summary>Its value is no secret, and it is not presented.</summary>
    NoSecret,

    /// <summary>Its value is a poor secret, and it is used all the same.</summary>
    WeakSecret,

    /// <summary>It came with the value of another one.</summary>
    SameValue,

    /// <summary>It came back with a value that was out of service, and such values are refused.</summary>
    ReturnRefused,

    /// <summary>It became Current, and nothing was before, or nothing with another value.</summary>
    Loaded,

    /// <summary>It became Current in place of an older one.</summary>
    Rotated,

    /// <summary>It became Current again: the backend moved its label back, or what replaced it is gone.</summary>
    RolledBack,

    /// <summary>It became Current again because the other side keeps rejecting its successor.</summary>
    FellBack,

    /// <summary>It is no longer valid.</summary>
    Retired,

    /// <summary>What retired it no longer holds.</summary>
    Revived,

    /// <summary>It was declared compromised.</summary>
    Revoked,

    /// <summary>Its probe accepted it.</summary>
    ProbeAccepted,

    /// <summary>Its probe rejected it; it stays Pending.</summary>
    ProbeRejected,

    /// <summary>Its probe found nothing out; it stays Pending.</summary>
    ProbeInconclusive,

    /// <summary>It is out of service, and the other side refuses it.</summary>
    RetirementProven,

    /// <summary>It is out of service, and the other side accepts it.</summary>
    RetirementViolated,

    /// <summary>It is out of service, and what the other side does with it could not be found out.</summary>
    RetirementInconclusive,

    /// <summary>It is out of service, and the other side is not asked any more, without a proof.</summary>
    RetirementUnproven,

    /// <summary>It was presented, and now nothing can be.</summary>
    Lost,

    /// <summary>There was no good listing for longer than allowed.</summary>
    WentStale,
}

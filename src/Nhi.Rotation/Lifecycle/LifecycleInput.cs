namespace Nhi.Rotation.Lifecycle;

/// <summary>What can happen to a credential.</summary>
internal abstract record LifecycleInput
{
    /// <summary>The backend answered; its values, by version, were examined. A value that is ordinary needs no exam.</summary>
    internal sealed record Listed(BackendListing Listing, IReadOnlyDictionary<string, ValueExam>? Exams = null) : LifecycleInput;

    /// <summary>Time passed.</summary>
    internal sealed record Ticked : LifecycleInput
    {
        public static Ticked Instance { get; } = new();
    }

    /// <summary>The other side said something of a version that was presented to it.</summary>
    internal sealed record Reported(string VersionId, CredentialOutcome Outcome) : LifecycleInput;

    /// <summary>Somebody declared a version compromised.</summary>
    internal sealed record Revoked(string VersionId, string Why) : LifecycleInput;

    /// <summary>A probe of a version out of service came back. An input of its own: an answer from before the retirement proves nothing.</summary>
    internal sealed record ProbedAfterRetirement(string VersionId, ProbeResult Result) : LifecycleInput;

    /// <summary>A probe of a pending version came back.</summary>
    internal sealed record Probed(string VersionId, ProbeResult Result) : LifecycleInput;
}

using Nhi.Rotation.Evidence.Journal;

namespace Nhi.Rotation;

/// <summary>What evidence says of the app that writes it, wherever it goes.</summary>
public class EvidenceOptions
{
    /// <summary>
    /// Where the app runs, by a name that its next run there has too: with it, the next run of a job shows that the job moved to a new version. By default the Kubernetes namespace, from
    /// <c>POD_NAMESPACE</c>, <c>k8s.namespace.name</c> in <c>OTEL_RESOURCE_ATTRIBUTES</c> or the mounted service account; <see langword="null"/> elsewhere. It is written into the evidence.
    /// </summary>
    public string? Place { get; set; } = RunPlace.Detect(Environment.GetEnvironmentVariable, RunPlace.ServiceAccountNamespace);

    /// <summary>
    /// Whether the evidence says where the app runs: the names of host and pod, the ids of container and process. With them an operator finds an instance by its evidence, and the tool is told which ones are gone by
    /// a list of those that run. Default <see langword="true"/>.
    /// </summary>
    public bool NamesHost { get; set; } = true;

    /// <summary>
    /// The key under which the evidence compares values, 16 bytes or more, the same in all services of a fleet: <c>nhi-rotation verify</c> then says which of their credentials are one secret. A line has an
    /// HMAC-SHA256 under it, and without the key nobody can try values. Default <see langword="null"/>: only credentials of one process are compared.
    /// </summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Options are set once.")]
    public byte[]? FingerprintKey { get; set; }

    internal Dictionary<string, string> DetectResource() => RunResource.Detect(Environment.GetEnvironmentVariable, Environment.MachineName, NamesHost);
}

namespace Nhi.Rotation.Spiffe;

/// <summary>How the SPIFFE Workload API is reached. One for the process, as the API is.</summary>
public sealed class SpiffeOptions
{
    /// <summary>
    /// Where it is served: <c>unix:///run/spire/sockets/agent.sock</c> or <c>tcp://127.0.0.1:8081</c>. <see langword="null"/>, the default, takes <c>SPIFFE_ENDPOINT_SOCKET</c>.
    /// </summary>
    public string? EndpointSocket { get; set; }

    /// <summary>
    /// Whether an identity is given up as soon as the Workload API takes it back: it answers <c>PermissionDenied</c>, or leaves the SVID out. So the standard recommends. Default
    /// <see langword="false"/>: it is kept to the end of its SVID, and trust bundles with it, because agents also answer so for a moment after a restart. Health and log tell either way.
    /// </summary>
    public bool StopWhenDenied { get; set; }

    /// <summary>The longest first wait before a broken stream is opened again, if it broke at once; doubles, with jitter. 1 ms to <see cref="MaxBackoff"/>. Default 1 s.</summary>
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before it is opened again, up to 1 h. Default 30 s.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(30);
}

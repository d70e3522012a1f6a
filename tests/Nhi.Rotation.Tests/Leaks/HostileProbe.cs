namespace Nhi.Rotation.Tests.Leaks;

/// <summary>A probe that answers as told, for the version it is given.</summary>
internal sealed class HostileProbe(Func<Credential, ProbeResult> answer) : ICredentialProbe
{
    public Func<Credential, ProbeResult> Answer { get; set; } = answer;

    public ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct) => ValueTask.FromResult(Answer(credential));
}

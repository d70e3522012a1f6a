namespace Nhi.Rotation.Tests.Support;

/// <summary>A probe that answers as the test says, for each version, and remembers what it was asked.</summary>
internal sealed class SwitchableProbe : ICredentialProbe
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, TaskCompletionSource> _blocks = [];

    public Dictionary<string, ProbeVerdict> Verdicts { get; } = [];

    /// <summary>The values it was asked about, in order.</summary>
    public List<string> Values { get; } = [];

    public int Calls(string versionId)
    {
        lock (_gate)
        {
            return _asked.Count(id => id == versionId);
        }
    }

    /// <summary>Holds the next call for a version back, until the returned action is called; its answer is fixed now.</summary>
    public Action BlockNext(string versionId)
    {
        var block = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _blocks[versionId] = block;
        }

        return block.SetResult;
    }

    public async ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct)
    {
        TaskCompletionSource? block;
        ProbeVerdict verdict;
        lock (_gate)
        {
            _asked.Add(credential.VersionId);
            Values.Add(credential.Reveal());
            verdict = Verdicts.GetValueOrDefault(credential.VersionId, ProbeVerdict.Accepted);
            _blocks.Remove(credential.VersionId, out block);
        }

        if (block is not null)
        {
            await block.Task.WaitAsync(ct);
        }

        return new ProbeResult(verdict, "scripted");
    }
}

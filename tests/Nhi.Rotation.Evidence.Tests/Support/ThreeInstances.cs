using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Support;

/// <summary>Three instances of one app on the same time. The third has a consumer, <c>billing</c>, that captured the first key.</summary>
internal sealed class ThreeInstances : IAsyncDisposable
{
    private readonly ScriptedBackend[] _backends = [NewBackend(), NewBackend(), NewBackend()];
    private readonly Engine[] _engines;

    public ThreeInstances(EvidenceDirectory evidence) => _engines = [.. _backends.Select(backend => evidence.Engine(backend))];

    public Engine First => _engines[0];

    public Engine Third => _engines[2];

    public DateTimeOffset Now => First.Time.GetUtcNow();

    public Credential Captured { get; private set; } = null!;

    public async Task StartAsync(CancellationToken ct)
    {
        foreach (var engine in _engines)
        {
            (await engine["stripe"].GetCurrentAsync(ct)).Reveal();
            await engine.SettleAsync();
        }

        Captured = Third["stripe"].ForConsumer("billing").Current;
        Captured.Reveal();
        await AdvanceAsync(TimeSpan.FromSeconds(2));
    }

    public async Task RotateAsync(bool third = true)
    {
        for (var i = 0; i < (third ? 3 : 2); i++)
        {
            _backends[i].Put("v2", EvidenceDirectory.Canary + "-two");
            await _engines[i]["stripe"].RefreshAsync(RefreshReason.Requested);
            await _engines[i].SettleAsync();
        }
    }

    public void UseCurrent(bool third = true)
    {
        foreach (var engine in third ? _engines : _engines[..2])
        {
            var provider = engine["stripe"];
            provider.Current.Reveal();
            provider.Report(provider.Current, CredentialOutcome.Accepted);
        }
    }

    public async Task AdvanceAsync(TimeSpan by, TimeSpan? step = null, bool third = true)
    {
        foreach (var engine in third ? _engines : _engines[..2])
        {
            await engine.AdvanceAsync(by, step ?? TimeSpan.FromSeconds(2));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }
    }

    private static ScriptedBackend NewBackend() => new ScriptedBackend().Put("v1", EvidenceDirectory.Canary + "-one");
}

using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Leaks;

[Collection(LeakCollection.Name)]
public sealed class EngineLeakTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    // Real time: fails a test that would wait for fake time for good.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private readonly Output _output = new();

    public static TheoryData<string> Errors => [.. Hostile.Keys];

    private static Dictionary<string, Func<Exception>> Hostile => new()
    {
        ["message"] = static () => new InvalidOperationException(Canary.Plain.Text),
        ["inner exception"] = static () => new IOException("x", new HttpRequestException($"body: {Canary.Json}")),
        ["many inner exceptions"] = static () => new AggregateException(new IOException(Canary.Plain.Text), new FormatException(Canary.Newer.Text)),
        ["Data"] = static () => new InvalidOperationException("x") { Data = { ["body"] = Canary.Binary.Bytes, [Canary.Plain.Text] = 1 } },
        ["cancellation"] = static () => new OperationCanceledException(Canary.Plain.Text),
        ["timeout"] = static () => new TimeoutException(Canary.Plain.Text),
        ["backend error with Data"] = static () => new BackendException("stripe", BackendFailure.Unavailable, "it failed", "Wait.") { Data = { ["body"] = Canary.Json } },
        ["lasting backend error with Data"] = static () => new BackendException("stripe", BackendFailure.AccessDenied, "it failed", "Wait.") { Data = { ["body"] = Canary.Json } },
    };

    [Fact]
    public async Task Rotation_residual_use_fallback_and_revocation_say_nothing()
    {
        using var ears = new Ears(_output);
        var backend = new ScriptedBackend { CanWatch = true }.Put("v1", Canary.Plain.Text);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var old = provider.Current;
        old.Reveal();
        backend.Put("v2", Canary.Newer.Text);
        backend.Signal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("v2", provider.Current.VersionId);

        old.Reveal();
        provider.Match(Canary.Plain.Bytes, "partner");
        provider.Match(Canary.Password.Bytes, "stranger");
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        var @new = provider.Current;
        for (var i = 0; i < 4; i++)
        {
            provider.Report(@new, CredentialOutcome.Rejected);
            provider.Report(old, CredentialOutcome.Accepted);
        }

        await engine.SettleAsync();
        Assert.Equal("v1", provider.Current.VersionId);
        await provider.RevokeAsync("v1", "it was found in a log", Ct);
        old.Reveal();
        provider.Match(Canary.Plain.Bytes, "partner");
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        await provider.RevokeAsync("v2", "this one too", Ct);
        _output.Add("nothing to present", Assert.Throws<CredentialUnavailableException>(() => provider.Current));

        ears.Collect();
        _output.Add("engine", engine.Log.Collector);
        _output.AssertSilent("log  101", "log  103", "log  106", "log  110", "log  115", "metric nhi.credential.uses", "exported metric nhi.credential.stage", "metric nhi.credential.rejections");
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_backend_that_throws_values_is_quoted_with_the_type_only(string kind)
    {
        using var ears = new Ears(_output);
        var backend = new HostileBackend { List = static () => Listing("v1", Canary.Plain.Text) };
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        backend.List = () => throw Hostile[kind]();
        await FailAsync(engine, provider);
        backend.List = static () => Listing("v1", Canary.Plain.Text);
        backend.Signal = () => throw Hostile[kind]();
        await FinishAsync(engine, provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());

        ears.Collect();
        _output.Add("engine", engine.Log.Collector);
        DebuggerWalk.Open(_output, provider);
        _output.AssertSilent("refused", "log  113", "metric nhi.credential.refreshes");
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_first_load_that_throws_values_is_quoted_with_the_type_only(string kind)
    {
        await using var engine = new Engine(Engine.Credential(new HostileBackend { List = () => throw Hostile[kind]() }));
        var provider = engine["stripe"];
        var loading = provider.GetCurrentAsync(Ct).AsTask();
        _output.Add("not loaded", await Assert.ThrowsAsync<CredentialUnavailableException>(() => FinishAsync(engine, loading)));
        _output.Add("unavailable", Assert.Throws<CredentialUnavailableException>(() => provider.Current));
        _output.Add("engine", engine.Log.Collector);
        DebuggerWalk.Open(_output, provider);
        _output.AssertSilent("not loaded", "unavailable", "log  113");
    }

    [Fact]
    public async Task A_listing_that_is_refused_is_not_quoted()
    {
        var backend = new HostileBackend { List = static () => Listing("v1", Canary.Plain.Text) };
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        BackendListing[] nonsense =
        [
            new([]),
            new([Version("v2", Canary.Newer.Text), Version("v2", Canary.Password.Text)]),
            new([Version("v2", Canary.Newer.Text, VersionLabel.Current), Version("v3", Canary.Password.Text, VersionLabel.Current)]),
        ];

        foreach (var listing in nonsense)
        {
            backend.List = () => listing;
            await FailAsync(engine, provider);
        }

        _output.Add("engine", engine.Log.Collector);
        _output.AssertSilent("refused", "log  113");
    }

    [Fact]
    public async Task A_probe_says_what_it_says_and_never_what_it_throws()
    {
        var backend = new ScriptedBackend().Put("v1", Canary.Plain.Text);
        var probe = new HostileProbe(static _ => new ProbeResult(ProbeVerdict.Accepted, "200"));
        var (engine, provider) = await Engine.StartAsync(backend, probe: probe);
        await using var _ = engine;
        probe.Answer = static credential => throw new InvalidOperationException(credential.Reveal(), new IOException(Canary.Json));
        backend.Put("v2", Canary.Newer.Text);
        await provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask().WaitAsync(Hang, Ct);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        probe.Answer = static _ => new ProbeResult(ProbeVerdict.Rejected, "401");
        await engine.AdvanceAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10));

        Assert.Equal("v1", provider.Current.VersionId);
        _output.Add("engine", engine.Log.Collector);
        DebuggerWalk.Open(_output, provider);
        _output.AssertSilent("log  107", "log  108", "log  109");
    }

    [Fact]
    public async Task Derived_values_and_subscribers_that_throw_values_are_quoted_with_the_type_only()
    {
        var backend = new ScriptedBackend().Put("v1", Canary.Plain.Text);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var never = provider.Derive<string>(static credential => throw new FormatException($"'{credential.Reveal()}' is not valid", new IOException(Canary.Json)));
        var once = provider.Derive(static credential => credential.VersionId == "v1" ? credential.Reveal() : throw new FormatException(credential.Reveal()));
        using var subscription = ChangeToken.OnChange(provider.GetChangeToken, static () => throw new InvalidOperationException(Canary.Plain.Text));

        _output.Add("derived", Assert.Throws<CredentialUnavailableException>(() => never.Current));
        backend.Put("v2", Canary.Newer.Text);
        await provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask().WaitAsync(Hang, Ct);
        await engine.SettleAsync();
        Assert.Equal(Canary.Plain.Text, once.Current);

        _output.Add("engine", engine.Log.Collector);
        DebuggerWalk.Open(_output, provider, once, never);
        _output.AssertSilent("derived", "log  116", "log  117");
    }

    [Fact]
    public async Task A_value_of_the_wrong_form_is_not_quoted()
    {
        var backend = new HostileBackend { List = static () => new BackendListing([new BackendVersion("v1", SecretValue.FromBytes(Canary.Binary.Bytes))]) };
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        _output.Add("binary as text", Assert.Throws<CredentialFormatException>(() => provider.Current.Reveal()));
        _output.Add("lone surrogate", Assert.Throws<ArgumentException>(static () => SecretValue.FromText($"{Canary.Plain.Text}\uD800")));
        _output.Add("empty", Assert.Throws<ArgumentException>(static () => SecretValue.FromBytes([])));

        DebuggerWalk.Open(_output, provider);
        _output.AssertSilent("binary as text", "lone surrogate");
    }

    private static BackendListing Listing(string id, string value) => new([Version(id, value)]);

    private static BackendVersion Version(string id, string value, VersionLabel label = VersionLabel.None) => new(id, SecretValue.FromText(value)) { Label = label };

    private async Task FailAsync(Engine engine, IRotatingCredentialProvider provider) => _output.Add(
        "refused", await Assert.ThrowsAsync<BackendException>(() => FinishAsync(engine, provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask())));

    // Retries inside a refresh need time to be moved.
    private static async Task FinishAsync(Engine engine, Task task)
    {
        for (var i = 0; i < 60 && !task.IsCompleted; i++)
        {
            await engine.AdvanceThroughFailuresAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }

        await task.WaitAsync(Hang, Ct);
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Http;

/// <summary>An answer proves a version only where the client says so.</summary>
public sealed class ProvenByTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("open", false)]
    [InlineData("chargesheet", false)]
    [InlineData("charges", true)]
    [InlineData("charges/17?x=1", true)]
    public async Task A_public_endpoint_proves_nothing(string path, bool isProven)
    {
        await using var server = await LoopbackServer.StartAsync();
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = TimeSpan.Zero });
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer().ProvenBy("/charges"));
        backend.Put("v2", "a typo");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        using var answer = await clients.Client.GetAsync(path, Ct);

        var rotation = Assert.Single(engine.Ledger.GetRotations());
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(isProven, rotation.New?.AcceptedAt is not null);
        Assert.Equal(isProven ? VerdictKind.SafeToRevoke : VerdictKind.InOverlap, rotation.Verdict.Kind);
        Assert.Equal(!isProven, rotation.Verdict.Reasons.Contains("No newer version has been accepted by the other side yet."));
    }

    [Theory]
    [InlineData(null, VerdictKind.SafeToRevoke)]
    [InlineData(false, VerdictKind.SafeToRevoke)]
    [InlineData(true, VerdictKind.InOverlap)]
    public async Task Without_a_word_on_what_proves_it_an_answer_goes_only_so_far(bool? requireProof, VerdictKind expected)
    {
        await using var server = await LoopbackServer.StartAsync();
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = TimeSpan.Zero, RequireProof = requireProof });
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        backend.Put("v2", "a typo");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        using var answer = await clients.Client.GetAsync("open?key=secret", Ct);

        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal(expected, verdict.Kind);
        Assert.Contains(verdict.Reasons, reason => reason.Contains("as far as 200 from GET /open can show", StringComparison.Ordinal));
        Assert.DoesNotContain(verdict.Reasons, reason => reason.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(expected == VerdictKind.InOverlap, Assert.Single(verdict.Reasons, reason => reason.Contains("/open", StringComparison.Ordinal)).Contains("requires proof", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("charges", VerdictKind.SafeToRevoke)]
    [InlineData("open", VerdictKind.InOverlap)]
    public async Task Where_another_version_was_refused_an_answer_proves_this_one(string path, VerdictKind expected)
    {
        await using var server = await LoopbackServer.StartAsync((request, _) =>
            request.Path == "/charges" && request.Authorization == "Bearer one" ? Results.Unauthorized() : Results.Ok());
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = TimeSpan.Zero, RequireProof = true });
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        using var refused = await clients.Client.GetAsync("charges", Ct);
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        using var answer = await clients.Client.GetAsync(path, Ct);

        Assert.Equal(expected, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
    }

    [Fact]
    public async Task What_the_app_stamps_itself_is_not_quoted()
    {
        await using var server = await LoopbackServer.StartAsync();
        var backend = new ScriptedBackend().Put("v1", "canary-one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = TimeSpan.Zero });
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Stamp((request, version) => request.RequestUri = new Uri(request.RequestUri!, "/bot" + version.Reveal() + "/send")));
        backend.Put("v2", "canary-two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        using var answer = await clients.Client.GetAsync("send", Ct);

        var reasons = string.Join(' ', Assert.Single(engine.Ledger.GetRotations()).Verdict.Reasons);
        Assert.Contains("as far as 200 from GET ", reasons, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", reasons, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, null, false)]
    [InlineData(true, false, null, true)]
    [InlineData(false, true, null, true)]
    [InlineData(true, true, false, false)]
    [InlineData(false, false, true, true)]
    public async Task Proof_is_required_where_something_can_give_it(bool hasProbe, bool hasPredicate, bool? option, bool expected)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("partner", credential =>
        {
            credential.UseBackend("partner", _ => new ScriptedBackend().Put("v1", "one-of-some-length")).Configure(options => options.RequireProof = option);
            if (hasProbe)
            {
                credential.ProbeWith(_ => new SwitchableProbe());
            }
        });
        services.AddHttpClient("partner", http => http.BaseAddress = new Uri("https://partner.example")).AddRotatingCredential("partner", http => _ = hasPredicate ? http.Bearer().ProvenBy("/charges") : http.Bearer());
        await using var app = services.BuildServiceProvider();

        var credential = Assert.Single(app.GetRequiredService<CredentialRegistry>().Uses.Copy("partner", static (credential, _, _) => credential));
        Assert.Equal(expected, credential.Terms.RequiresProof);
    }

    [Fact]
    public async Task A_predicate_sees_only_answers_that_are_no_refusal()
    {
        var asked = new List<int>();
        await using var server = await LoopbackServer.StartAsync((request, _) => Results.StatusCode(int.Parse(request.Path[1..], System.Globalization.CultureInfo.InvariantCulture)));
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer().ProvenBy(answer =>
        {
            asked.Add((int)answer.StatusCode);
            return true;
        }));

        foreach (var status in new[] { "200", "401", "404", "500", "204" })
        {
            using var answer = await clients.Client.GetAsync(status, Ct);
        }

        Assert.Equal([200, 204], asked);
    }

    [Fact]
    public void A_path_begins_with_a_slash()
    {
        var options = new HttpCredentialOptions();

        Assert.Throws<ArgumentException>(() => options.ProvenBy("charges"));
    }
}

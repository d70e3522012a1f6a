using Microsoft.AspNetCore.Http;
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

using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

/// <summary>One secret under the names of two credentials.</summary>
public sealed class SharedSecretTests
{
    private const int SharedSecret = 136;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_said_once_in_log_events_inventory_and_health()
    {
        await using var engine = await StartAsync(new ScriptedBackend().Put("v1", "one"), new ScriptedBackend().Put("v7", "one"));

        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        await engine["orders"].RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Contains("'billing' version 'v7' and credential 'orders' version 'v1' are the same secret: revoking it hits both", Assert.Single(Logged(engine)), StringComparison.Ordinal);
        Assert.Equal([new KnownValue("orders", "v1", CredentialStage.Current)], engine.Ledger.GetInventory()[0].SharedWith);
        Assert.Equal([new KnownValue("billing", "v7", CredentialStage.Current)], engine.Ledger.GetInventory()[1].SharedWith);
        Assert.Equal([new KnownValue("billing", "v7", CredentialStage.Current)], engine.Status("orders").SharedWith);
    }

    [Fact]
    public async Task A_verdict_for_one_never_says_safe_while_the_other_presents_the_value()
    {
        var orders = new ScriptedBackend().Put("v1", "one");
        var billing = new ScriptedBackend().Put("v7", "one");
        await using var engine = await StartAsync(orders, billing);
        engine["orders"].Current.Reveal();
        orders.Put("v2", "two");
        await engine["orders"].RefreshAsync(RefreshReason.Requested, Ct);
        engine["orders"].Current.Reveal();
        engine["orders"].Report(engine["orders"].Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(30 * Minute, Minute);

        var shared = Assert.Single(engine.Ledger.GetRotations("orders")).Verdict;
        Assert.Equal(VerdictKind.InOverlap, shared.Kind);
        Assert.Contains("Version 'v7' of credential 'billing' is the same secret and is in service: revoking it hits both.", shared.Reasons);

        billing.Put("v8", "eight");
        billing.Remove("v7");
        await engine["billing"].RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations("orders")).Verdict.Kind);
    }

    [Fact]
    public async Task Credentials_with_values_of_their_own_share_nothing()
    {
        await using var engine = await StartAsync(new ScriptedBackend().Put("v1", "one"), new ScriptedBackend().Put("v1", "another"));

        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Empty(Logged(engine));
        Assert.All(engine.Ledger.GetInventory(), entry => Assert.Empty(entry.SharedWith));
    }

    private static async Task<Engine> StartAsync(ScriptedBackend orders, ScriptedBackend billing)
    {
        var engine = new Engine(
            Engine.Credential(orders, "orders", new() { QuietPeriod = 10 * Minute }),
            Engine.Credential(billing, "billing", new() { QuietPeriod = 10 * Minute }));
        await engine["orders"].GetCurrentAsync(Ct);
        await engine["billing"].GetCurrentAsync(Ct);
        return engine;
    }

    private static string[] Logged(Engine engine) => [.. engine.Log.Collector.GetSnapshot().Where(record => record.Id.Id == SharedSecret).Select(record => record.Message)];
}

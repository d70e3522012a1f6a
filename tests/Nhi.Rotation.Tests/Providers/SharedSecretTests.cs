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
    public async Task Very_many_that_hold_one_value_are_told_of_once_each()
    {
        await using var engine = new Engine([.. Enumerable.Range(0, 200).Select(i => Engine.Credential(new ScriptedBackend().Put("v1", "one"), $"c{i:000}"))]);
        for (var i = 0; i < 200; i++)
        {
            await engine[$"c{i:000}"].GetCurrentAsync(Ct);
        }

        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(199, Logged(engine).Length);
        Assert.All(Logged(engine), message => Assert.StartsWith("Credential 'c000' version 'v1' and", message, StringComparison.Ordinal));
        Assert.Equal(199, engine.Ledger.GetInventory()[7].SharedWith.Count);
    }

    [Fact]
    public async Task The_inventory_names_each_version_with_the_same_value_of_the_credential_and_of_others()
    {
        var orders = new ScriptedBackend().Put("v1", "one");
        await using var engine = await StartAsync(orders, new ScriptedBackend().Put("v7", "one"));
        orders.Put("v2", "one");
        await engine["orders"].RefreshAsync(RefreshReason.Requested, Ct);

        var versions = engine.Ledger.GetInventory()[1].Versions;

        Assert.Equal([new KnownValue("billing", "v7", CredentialStage.Current), new KnownValue("orders", "v2", CredentialStage.Pending)], versions[0].SameValueAs);
        Assert.Equal([new KnownValue("billing", "v7", CredentialStage.Current), new KnownValue("orders", "v1", CredentialStage.Current)], versions[1].SameValueAs);
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

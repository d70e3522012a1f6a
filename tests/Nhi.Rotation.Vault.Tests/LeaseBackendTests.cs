using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;
using Nhi.Rotation.Vault.Leasing;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>What becomes of a lease: it is kept, renewed, replaced, given back, and what Vault says decides.</summary>
public class LeaseBackendTests
{
    private const string Key = "database/creds/app";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_backend_keeps_every_rule(string ruleId)
    {
        await using var fixture = await LeaseFixture.StartAsync();

        var result = await BackendConformance.CheckAsync(ruleId, fixture, Ct);

        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.ToString());
    }

    [Fact]
    public async Task A_lease_is_looked_up_renewed_late_in_its_life_and_replaced_when_its_maximum_comes_near()
    {
        await using var fixture = await StartAsync(duration: 100, longest: 250);
        var first = Assert.Single(await ListAsync(fixture));
        Assert.Equal((_time.GetUtcNow(), _time.GetUtcNow().AddSeconds(100)), (first.CreatedOn, first.ExpiresOn));

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(first.ExpiresOn, Assert.Single(await ListAsync(fixture, first.Id)).ExpiresOn);
        _time.Advance(TimeSpan.FromSeconds(8));
        var renewed = Assert.Single(await ListAsync(fixture, first.Id));
        _time.Advance(TimeSpan.FromSeconds(67));
        var again = Assert.Single(await ListAsync(fixture, first.Id));
        _time.Advance(TimeSpan.FromSeconds(67));
        var replaced = await ListAsync(fixture, first.Id);

        Assert.Equal((67 + 100, 134 + 100), (Seconds(first, renewed), Seconds(first, again)));
        Assert.Equal((first.Id, 250), (replaced[0].Id, Seconds(first, replaced[0])));
        Assert.Equal((201 + 100, true), (Seconds(first, replaced[1]), replaced[1].Value is not null));
        Assert.Equal(
            [Key, "sys/leases/lookup", "sys/leases/renew", "sys/leases/renew", "sys/leases/renew", Key],
            fixture.Vault.Asked);
    }

    [Fact]
    public async Task One_that_Vault_does_not_renew_is_replaced_and_stays_until_its_end()
    {
        await using var fixture = await StartAsync(duration: 100, longest: 1000);
        var first = Assert.Single(await ListAsync(fixture));
        fixture.Engine.IsRenewable = false;
        _time.Advance(TimeSpan.FromSeconds(67));

        var both = await ListAsync(fixture, first.Id);
        _time.Advance(TimeSpan.FromSeconds(33));
        var after = await ListAsync(fixture, first.Id, both[1].Id);

        Assert.Equal([first.Id, both[1].Id], both.Select(static version => version.Id));
        Assert.Equal([both[1].Id], after.Select(static version => version.Id));
    }

    [Fact]
    public async Task A_token_that_may_not_renew_gets_another_lease_in_its_place()
    {
        await using var fixture = await StartAsync(duration: 100, longest: 1000);
        var first = Assert.Single(await ListAsync(fixture));
        fixture.Vault.Forbids = static path => path == "sys/leases/renew";
        _time.Advance(TimeSpan.FromSeconds(67));

        Assert.Equal(2, (await ListAsync(fixture, first.Id)).Count);
    }

    [Theory]
    [InlineData(10, "sys/leases/lookup")]
    [InlineData(67, "sys/leases/renew")]
    public async Task One_that_is_gone_at_Vault_is_replaced_and_not_listed_any_more(int age, string asked)
    {
        await using var fixture = await StartAsync(duration: 100, longest: 1000);
        var first = Assert.Single(await ListAsync(fixture));
        await fixture.Engine.EndAsync(fixture.Engine.Leases.Single().Id);
        _time.Advance(TimeSpan.FromSeconds(age));

        var after = Assert.Single(await ListAsync(fixture, first.Id));

        Assert.NotEqual(first.Id, after.Id);
        Assert.Equal([Key, asked, Key], fixture.Vault.Asked);
    }

    [Fact]
    public async Task One_whose_successor_cannot_be_had_yet_is_told_with_its_new_end_and_the_next_time_it_is_an_error()
    {
        await using var fixture = await StartAsync(duration: 100, longest: 120);
        var first = Assert.Single(await ListAsync(fixture));
        fixture.Vault.Forbids = static path => path == Key;
        _time.Advance(TimeSpan.FromSeconds(67));

        var last = Assert.Single(await ListAsync(fixture, first.Id));
        _time.Advance(TimeSpan.FromSeconds(33));
        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(fixture, first.Id));
        fixture.Vault.Forbids = static _ => false;
        var both = await ListAsync(fixture, first.Id);

        Assert.Equal(120, Seconds(first, last));
        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains($"'read' on '{Key}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, both.Count);
    }

    [Fact]
    public async Task While_Vault_is_sealed_nothing_is_lost_and_the_same_lease_is_renewed_afterwards()
    {
        await using var fixture = await StartAsync(duration: 100, longest: 1000);
        var first = Assert.Single(await ListAsync(fixture));
        _time.Advance(TimeSpan.FromSeconds(67));
        fixture.Vault.IsSealed = true;
        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(fixture, first.Id));
        fixture.Vault.IsSealed = false;
        _time.Advance(TimeSpan.FromSeconds(20));

        var after = Assert.Single(await ListAsync(fixture, first.Id));

        Assert.Contains("sealed", error.Message, StringComparison.Ordinal);
        Assert.Equal((first.Id, 187), (after.Id, Seconds(first, after)));
    }

    [Fact]
    public async Task Vault_away_for_longer_than_a_lease_leaves_none_and_a_new_one_is_made()
    {
        await using var fixture = await StartAsync(duration: 100, longest: 1000);
        var first = Assert.Single(await ListAsync(fixture));
        _time.Advance(TimeSpan.FromSeconds(101));

        Assert.NotEqual(first.Id, Assert.Single(await ListAsync(fixture, first.Id)).Id);
    }

    [Fact]
    public async Task One_that_the_other_side_refuses_and_Vault_has_is_replaced_at_once_and_stays_listed()
    {
        await using var fixture = await StartAsync(duration: 1000, longest: 10_000);
        var first = Assert.Single(await ListAsync(fixture));

        var both = await ListRefusedAsync(fixture, first.Id);

        Assert.Equal((first.Id, true, true), (both[0].Id, both[0].IsEnabled, both[1].Value is not null));
        Assert.Equal([Key, "sys/leases/lookup", Key], fixture.Vault.Asked);
        Assert.Equal(2, (await ListRefusedAsync(fixture, first.Id)).Count);
    }

    [Fact]
    public async Task One_that_is_refused_and_gone_is_replaced_once_and_not_listed()
    {
        await using var fixture = await StartAsync(duration: 1000, longest: 10_000);
        var first = Assert.Single(await ListAsync(fixture));
        await fixture.Engine.EndAsync(fixture.Engine.Leases.Single().Id);

        Assert.NotEqual(first.Id, Assert.Single(await ListRefusedAsync(fixture, first.Id)).Id);
        Assert.Equal(2, fixture.Engine.Counts.Made);
    }

    [Fact]
    public async Task A_server_that_refuses_everything_costs_six_leases_in_its_first_hour_and_one_in_each_further_one()
    {
        await using var fixture = await StartAsync(duration: 100_000, longest: 1_000_000);
        await ListAsync(fixture);
        _time.Advance(TimeSpan.FromSeconds(1));
        var made = new List<int>();
        for (var second = 0; second < 5 * 3600; second += 10)
        {
            var before = fixture.Engine.Counts.Made;
            await ListRefusedAsync(fixture, Newest(fixture));
            made.AddRange(Enumerable.Repeat(second / 60, fixture.Engine.Counts.Made - before));
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 123, 183, 243], made);

        // Two hours without a refusal, and the next one is another matter.
        _time.Advance(TimeSpan.FromHours(2));
        await ListRefusedAsync(fixture, Newest(fixture));
        _time.Advance(TimeSpan.FromMinutes(1));
        await ListRefusedAsync(fixture, Newest(fixture));
        Assert.Equal(1 + made.Count + 2, fixture.Engine.Counts.Made);
    }

    [Fact]
    public async Task A_refused_one_whose_successor_cannot_be_had_is_an_error_and_the_next_time_it_is_tried_again_at_once()
    {
        await using var fixture = await StartAsync(duration: 1000, longest: 10_000);
        var first = Assert.Single(await ListAsync(fixture));
        fixture.Vault.Forbids = static path => path == Key;

        var error = await Assert.ThrowsAsync<BackendException>(() => ListRefusedAsync(fixture, first.Id));
        fixture.Vault.Forbids = static _ => false;

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Equal(2, (await ListRefusedAsync(fixture, first.Id)).Count);
    }

    [Fact]
    public async Task A_path_that_answers_without_a_lease_is_said_to_do_so()
    {
        var script = new ScriptedVault();
        script.Answers["/v1/secret/data/app"] = static () => ScriptedVault.Json("""{"lease_id":"","renewable":false,"lease_duration":0,"data":{"data":{"password":"the-value"}}}""");
        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(script, "secret/data/app"));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("FromVault", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-value", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_has_an_end_without_a_lease_and_its_request_is_written()
    {
        var script = new ScriptedVault();
        var end = _time.GetUtcNow().AddHours(2);
        script.Answers["/v1/pki/issue/web"] = () => ScriptedVault.Json($$$"""{"lease_id":"","renewable":false,"lease_duration":0,"data":{"certificate":"PEM","serial_number":"39:dd:2e","expiration":{{{end.ToUnixTimeSeconds()}}} }}""");

        var version = Assert.Single(await ListAsync(script, "pki/issue/web", new() { ["common_name"] = "web.internal", ["format"] = "pem_bundle" }, field: "certificate"));

        Assert.Equal(("39:dd:2e", end), (version.Id, version.ExpiresOn!.Value));
        Assert.Equal("PEM", new Credential("web", version.Id, version.Value!).Reveal());
        Assert.Equal("""POST {"common_name":"web.internal","format":"pem_bundle"}""", script.LastBody);
    }

    [Theory]
    [InlineData(100, 100, false)]
    [InlineData(99, 100, false)]
    [InlineData(98, 100, true)]
    [InlineData(2, 2, false)]
    [InlineData(1, 2, true)]
    public void A_renewal_that_gives_less_than_a_whole_lease_is_the_last(int granted, int wanted, bool isLast) =>
        Assert.Equal(isLast, LeaseSchedule.IsLast(TimeSpan.FromSeconds(granted), TimeSpan.FromSeconds(wanted)));

    private static int Seconds(BackendVersion from, BackendVersion to) => (int)(to.ExpiresOn!.Value - from.CreatedOn!.Value).TotalSeconds;

    private async Task<LeaseFixture> StartAsync(int duration, int longest)
    {
        var fixture = await LeaseFixture.StartAsync(_time);
        fixture.Engine.Duration = TimeSpan.FromSeconds(duration);
        fixture.Engine.LongestLife = TimeSpan.FromSeconds(longest);
        await fixture.PutAsync(Key, "first-value", Ct);
        return fixture;
    }

    private static async Task<IReadOnlyList<BackendVersion>> ListAsync(LeaseFixture fixture, params string[] known) =>
        (await fixture.Backend.ListAsync(new BackendRequest("app", Key, known.ToHashSet()), Ct)).Versions;

    private static async Task<IReadOnlyList<BackendVersion>> ListRefusedAsync(LeaseFixture fixture, string refused) =>
        (await fixture.Backend.ListAsync(new BackendRequest("app", Key, new HashSet<string> { refused }) { RejectedVersionIds = new HashSet<string> { refused } }, Ct)).Versions;

    private static string Newest(LeaseFixture fixture) => fixture.Engine.Leases.MaxBy(static lease => lease.IssuedOn)!.Id.Split('/')[^1];

    private async Task<IReadOnlyList<BackendVersion>> ListAsync(ScriptedVault script, string path, Dictionary<string, string>? parameters = null, string? field = null)
    {
        var tokenFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(tokenFile, "token", Ct);
        try
        {
            var settings = new Client.VaultSettings(new Client.VaultAddress(new Uri("https://vault.test"), "Address", IsGiven: true), null, tokenFile);
            var vault = new Client.VaultHttp(new Client.VaultWire(() => new HttpClient(script, disposeHandler: false), settings, _time), new Client.StoredToken(settings.TokenFile), settings);
            var backend = new LeaseBackend(new LeaseClient(vault, field, parameters ?? [], _time), _time);
            return (await backend.ListAsync(new BackendRequest("app", path), Ct)).Versions;
        }
        finally
        {
            File.Delete(tokenFile);
        }
    }
}

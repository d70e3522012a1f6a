using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Kv;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>What a listing makes of an answer that is not whole, from a node that is behind, or that asks for patience.</summary>
public sealed class KvDoubtTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly string _tokenFile = Path.GetTempFileName();
    private readonly ScriptedVault _vault = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly KvBackend _backend;

    public KvDoubtTests()
    {
        File.WriteAllText(_tokenFile, "token");
        var settings = new VaultSettings(new VaultAddress(new Uri("https://vault.test"), "Address", IsGiven: true), null, _tokenFile) { Field = "value" };
        _backend = new KvBackend(new VaultHttp(new VaultWire(() => new HttpClient(_vault, disposeHandler: false), settings, _time), new StoredToken(settings.TokenFile), settings), settings, _time);
        Metadata(updated: "2026-11-20T10:00:00Z", 1, 2, 3);
        foreach (var number in (int[])[1, 2, 3, 4])
        {
            Data(number, () => ScriptedVault.Json($$$$"""{"data":{"data":{"value":"value-{{{{number}}}}"}}}"""));
        }
    }

    public void Dispose()
    {
        File.Delete(_tokenFile);
        _vault.Dispose();
    }

    [Fact]
    public async Task An_old_version_that_may_not_be_read_stops_no_newer_one_and_is_asked_for_again()
    {
        Data(2, static () => ScriptedVault.Status(403));

        var listing = await ListAsync();
        var known = listing.Versions.Where(static version => version.Value is not null).Select(static version => version.Id).ToHashSet();
        _vault.Asked.Clear();
        Data(2, static () => ScriptedVault.Json("""{"data":{"data":{"value":"value-2"}}}"""));
        var next = await ListAsync(known);

        Assert.Equal([true, false, true], listing.Versions.Select(static version => version.Value is not null));
        Assert.Equal([false, true, false], next.Versions.Select(static version => version.Value is not null));
        Assert.Equal(2, _vault.Asked.Count);
    }

    [Fact]
    public async Task An_old_version_without_the_field_stops_no_newer_one_and_the_newest_without_it_is_an_error()
    {
        Data(2, static () => ScriptedVault.Json("""{"data":{"data":{"other":"value-2"}}}"""));
        var listing = await ListAsync();
        Data(3, static () => ScriptedVault.Json("""{"data":{"data":{"other":"value-3"}}}"""));

        var error = await Assert.ThrowsAsync<BackendException>(ListAsync);

        Assert.Equal([true, false, true], listing.Versions.Select(static version => version.Value is not null));
        Assert.Contains("has no field 'value'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("JsonField", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_versions_that_ended_those_that_are_known_are_said_to_have_ended_and_all_if_no_other_is_there()
    {
        var known = (await ListAsync()).Versions.Select(static version => version.Id).Take(1).ToHashSet();
        Metadata("2026-11-20T10:00:00Z", created: "2026-11-20T08:00:00.123456789Z", [1, 2, 3], ended: [1, 2]);
        var some = await ListAsync(known);
        Metadata("2026-11-20T10:00:00Z", created: "2026-11-20T08:00:00.123456789Z", [1, 2, 3], ended: [1, 2, 3]);

        var none = await ListAsync();

        Assert.Equal([("1", false), ("3", true)], some.Versions.Select(static version => (version.Id[..1], version.IsEnabled)));
        Assert.Equal([("1", false), ("2", false), ("3", false)], none.Versions.Select(static version => (version.Id[..1], version.IsEnabled)));
    }

    [Theory]
    [InlineData("app", "'secret/metadata/app' in namespace 'team'", null)]
    [InlineData("secret/data/app", "'secret/metadata/secret/data/app'", "without the mount")]
    [InlineData("/data/app", "'secret/metadata/data/app'", "without the mount")]
    public async Task What_is_not_there_is_named_by_the_path_that_was_asked_for(string path, string asked, string? fix)
    {
        var settings = new VaultSettings(new VaultAddress(new Uri("https://vault.test"), "Address", IsGiven: true), "team", _tokenFile);
        var backend = new KvBackend(new VaultHttp(new VaultWire(() => new HttpClient(_vault, disposeHandler: false), settings, _time), new StoredToken(settings.TokenFile), settings), settings, _time);
        _vault.Answers.Remove("/v1/secret/metadata/app");

        var error = await Assert.ThrowsAsync<BackendException>(async () => await backend.ListAsync(new BackendRequest("app", path, new HashSet<string>()), Ct));

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains(asked, error.Message, StringComparison.Ordinal);
        Assert.Equal(fix is not null, error.Message.Contains("without the mount", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_newest_version_that_may_not_be_read_is_an_error_before_any_other_is_asked_for()
    {
        Data(3, static () => ScriptedVault.Status(403));

        var error = await Assert.ThrowsAsync<BackendException>(ListAsync);

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Equal(2, _vault.Asked.Count);
    }

    [Fact]
    public async Task A_node_whose_clock_is_behind_is_believed_and_one_that_has_fewer_versions_is_not()
    {
        var before = await ListAsync();
        Metadata(updated: "2026-11-20T09:00:00Z", 1, 2, 3, 4);
        var failedOver = await ListAsync();
        Metadata(updated: "2026-11-20T11:00:00Z", 1, 2, 3);
        var replica = await ListAsync();

        Assert.True(failedOver.Revision > before.Revision);
        Assert.True(replica.Revision < failedOver.Revision);
    }

    [Fact]
    public async Task Metadata_that_was_deleted_and_made_anew_is_newer_though_its_numbers_begin_again()
    {
        var before = await ListAsync();
        Metadata("2026-11-20T10:05:00Z", created: "2026-11-20T10:05:00.123456789Z", 1);

        Assert.True((await ListAsync()).Revision > before.Revision);
    }

    [Fact]
    public async Task Patience_that_Vault_asks_for_as_a_date_is_kept()
    {
        _vault.Answers["/v1/secret/metadata/app"] = () =>
        {
            var answer = ScriptedVault.Status(429);
            answer.Headers.RetryAfter = new(_time.GetUtcNow().AddSeconds(40));
            return answer;
        };

        var error = await Assert.ThrowsAsync<BackendException>(ListAsync);

        Assert.Equal(TimeSpan.FromSeconds(40), error.RetryAfter);
    }

    [Fact]
    public async Task A_token_file_that_is_missing_for_a_moment_is_tried_again_soon()
    {
        File.Delete(_tokenFile);
        var missing = await Assert.ThrowsAsync<BackendException>(ListAsync);

        await File.WriteAllTextAsync(_tokenFile, "token", Ct);

        Assert.True(missing.IsTransient);
        Assert.Contains("Vault Agent", missing.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await ListAsync()).Versions.Count);
    }

    private Task<BackendListing> ListAsync() => ListAsync(new HashSet<string>());

    private async Task<BackendListing> ListAsync(IReadOnlySet<string> known) => await _backend.ListAsync(new BackendRequest("app", "app", known), Ct);

    private void Metadata(string updated, params int[] numbers) => Metadata(updated, created: "2026-11-20T08:00:00.123456789Z", numbers);

    private void Metadata(string updated, string created, params int[] numbers) => Metadata(updated, created, numbers, ended: []);

    private void Metadata(string updated, string created, int[] numbers, int[] ended)
    {
        var versions = numbers.Select(number => $$"""
            "{{number}}":{"created_time":"2026-11-20T08:0{{number}}:00.123456789Z","deletion_time":"","destroyed":{{(ended.Contains(number) ? "true" : "false")}}}
            """);
        var body = $$$$"""{"data":{"created_time":"{{{{created}}}}","current_version":{{{{numbers.Max()}}}},"updated_time":"{{{{updated}}}}","versions":{ {{{{string.Join(',', versions)}}}} }}}""";
        _vault.Answers["/v1/secret/metadata/app"] = () => ScriptedVault.Json(body);
    }

    private void Data(int number, Func<HttpResponseMessage> answer) => _vault.Answers[$"/v1/secret/data/app?version={number}"] = answer;
}

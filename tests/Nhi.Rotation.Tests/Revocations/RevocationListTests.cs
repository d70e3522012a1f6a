using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Evidence.Revocations;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Revocations;

/// <summary>Real files, fake time: two looks find a change.</summary>
public sealed class RevocationListTests : IDisposable
{
    private const string Leaked = "leaked-value-of-v2";

    private static readonly byte[] Key = Encoding.UTF8.GetBytes("0123456789abcdef");

    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-revocations-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLoggerProvider _logs = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string List => Path.Combine(_directory, "revoked.json");

    [Fact]
    public async Task A_version_on_the_list_is_never_presented_though_the_store_calls_it_current()
    {
        Write("""{ "credential": "stripe", "version": "v2", "why": "leaked in a log" }""");
        await using var app = Start(TwoVersions());

        var provider = await LoadAsync(app);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.DoesNotContain(provider.Credentials.Previous, version => version.VersionId == "v2");
        Assert.False(provider.Match(Encoding.UTF8.GetBytes(Leaked)).IsAccepted);
        Assert.Contains(Logged(106), text => text.Contains("'v2' is revoked: leaked in a log", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_value_on_the_list_is_revoked_whatever_its_version_is_called(bool isKeyed)
    {
        var bytes = Encoding.UTF8.GetBytes(Leaked);
        var fingerprint = isKeyed ? ValueFingerprint.WithKey(bytes, Key) : ValueFingerprint.WithSalt(bytes);
        Write($$"""{ "credential": "stripe", "fingerprint": "{{fingerprint}}", "why": "leaked" }""");
        await using var app = Start(TwoVersions().Put("v9", Leaked, createdOn: _time.GetUtcNow()), options => options.FingerprintKey = Key);

        var provider = await LoadAsync(app);

        Assert.Equal("v1", provider.Current.VersionId);
        var match = provider.Match(bytes);
        Assert.True(match is { IsAccepted: false, IsRecognized: true, Stage: CredentialStage.Revoked });
    }

    [Fact]
    public async Task A_change_of_the_list_takes_effect_within_a_second_and_a_new_version_of_the_value_is_revoked_too()
    {
        Write();
        var backend = TwoVersions();
        await using var app = Start(backend, options => options.FingerprintKey = Key);
        var provider = await LoadAsync(app);
        Assert.Equal("v2", provider.Current.VersionId);

        Write($$"""{ "credential": "stripe", "fingerprint": "{{ValueFingerprint.WithKey(Encoding.UTF8.GetBytes(Leaked), Key)}}", "why": "leaked" }""");
        Advance(TimeSpan.FromMilliseconds(999));

        Assert.Equal("v1", provider.Current.VersionId);
        backend.Put("v3", Leaked, createdOn: _time.GetUtcNow().AddMinutes(1));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task What_is_taken_off_the_list_stays_revoked_in_this_process()
    {
        Write("""{ "credential": "stripe", "version": "v2", "why": "leaked" }""");
        await using var app = Start(TwoVersions());
        var provider = await LoadAsync(app);

        Write();
        Advance(TimeSpan.FromSeconds(1));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Theory]
    [InlineData("""{ "revoked": [ { "credential": "stripe", "version": "v1", "why": "leaked" }, """, "is not valid JSON")]
    [InlineData("""{ "revoked": [ { "credential": "strip", "version": "v1" } ] }""", "credential 'strip', which is not registered; registered are: stripe")]
    [InlineData("""{ "revoked": [ { "credential": "stripe", "version": "v1", "reason": "leaked" } ] }""", "line 1: 'reason' is not known")]
    [InlineData("{ \"revoked\": [ \n { \"credential\": \"stripe\", \"version\": \"v1\" },\n { \"credential\": \"stripe\" } ] }", "line 3: neither a version nor a fingerprint")]
    [InlineData("""{ "revoked": [ { "credential": "stripe", "fingerprint": "leaked-value-of-v2" } ] }""", "line 1: this is no fingerprint")]
    [InlineData("""{ "revoked": [ { "credential": "stripe", "fingerprint": "hmac-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } ] }""", "keyed fingerprint for credential 'stripe', and there is no key")]
    [InlineData("""{ "revoked": [ { "credential": "stripe", "version": "v1", "since": "yesterday" } ] }""", "line 1: 'since' is no date")]
    [InlineData("""{ "revocations": [] }""", "is no list of revocations")]
    [InlineData("""{ "revoked": [ { "credential": "\ud800", "version": "v1" } ] }""", "line 1: 'credential' is no text")]
    [InlineData("""{ "revoked": [ { "\ud800": "stripe", "version": "v1" } ] }""", "half of a surrogate pair")]
    [InlineData("""[]""", "is JSON, and not an object")]
    public async Task A_list_with_a_mistake_stops_the_start_and_later_only_speaks(string broken, string cause)
    {
        File.WriteAllText(List, broken);
        await using (var app = Start(TwoVersions()))
        {
            var error = Assert.Throws<RevocationListException>(() => app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe"));
            Assert.Contains(cause, error.Message, StringComparison.Ordinal);
            Assert.Contains(List, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Leaked, error.Message, StringComparison.Ordinal);
        }

        Write("""{ "credential": "stripe", "version": "v2", "why": "leaked" }""");
        await using var running = Start(TwoVersions());
        var provider = await LoadAsync(running);
        File.WriteAllText(List, broken);
        Advance(TimeSpan.FromSeconds(1));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Contains(Logged(131), text => text.Contains(cause, StringComparison.Ordinal));
        var health = Assert.Single(running.GetRequiredService<ICredentialHealthReader>().Read());
        Assert.Contains(health.Reasons, reason => reason.Contains(cause, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_that_is_missing_stops_the_start_unless_told_otherwise_and_is_taken_in_once_it_is_there()
    {
        await using (var app = Start(TwoVersions()))
        {
            Assert.Contains("cannot be read (FileNotFoundException)", Assert.Throws<RevocationListException>(() => app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe")).Message, StringComparison.Ordinal);
        }

        await using var started = Start(TwoVersions(), options => options.StartWithout = true);
        var provider = await LoadAsync(started);
        Assert.Equal("v2", provider.Current.VersionId);

        Write("""{ "credential": "stripe", "version": "v2", "why": "leaked" }""");
        Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task Where_services_share_a_list_the_entries_of_others_are_passed_over()
    {
        Write("""{ "credential": "github", "version": "v7", "why": "leaked" }""", """{ "credential": "stripe", "version": "v2", "why": "leaked" }""");
        await using var app = Start(TwoVersions(), options => options.IgnoreUnknownCredentials = true);

        Assert.Equal("v1", (await LoadAsync(app)).Current.VersionId);
    }

    [Fact]
    public async Task A_revocation_in_the_app_is_added_to_a_list_that_can_be_written_and_holds_after_a_restart()
    {
        Write();
        await using (var app = Start(TwoVersions(), options => options.IsWritable = true))
        {
            await (await LoadAsync(app)).RevokeAsync("v2", "leaked", Ct);
        }

        var entries = RevocationListFile.Read(List);
        Assert.Equal(["v2", null], entries.Select(entry => entry.VersionId));
        Assert.True(entries[1].Fingerprint!.IsOf(Encoding.UTF8.GetBytes(Leaked), default));
        Assert.DoesNotContain(Leaked, File.ReadAllText(List), StringComparison.Ordinal);
        Assert.Empty(Logged(134));

        // The store has the value under a new name only.
        await using var restarted = Start(new ScriptedBackend().Put("v1", "value-of-v1", createdOn: _time.GetUtcNow()).Put("v3", Leaked, createdOn: _time.GetUtcNow().AddMinutes(1)));
        Assert.Equal("v1", (await LoadAsync(restarted)).Current.VersionId);
    }

    [Fact]
    public async Task A_revocation_that_does_not_last_says_so()
    {
        Write();
        await using var app = Start(TwoVersions());

        await (await LoadAsync(app)).RevokeAsync("v2", "leaked", Ct);

        Assert.Contains("'v2' ends with this process", Assert.Single(Logged(134)), StringComparison.Ordinal);
        Assert.Empty(RevocationListFile.Read(List));
    }

    [Fact]
    public async Task Configuration_is_a_list_too_and_its_reloads_are_followed()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var app = Start(TwoVersions(), builder => builder.RevocationsFrom(configuration.GetSection("Revoked"), options => options.StartWithout = true));
        var provider = await LoadAsync(app);
        Assert.Equal("v2", provider.Current.VersionId);

        configuration["Revoked:0:Credential"] = "stripe";
        configuration["Revoked:0:Version"] = "v2";
        configuration["Revoked:0:Why"] = "leaked";
        configuration.Reload();
        Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public void A_configured_list_cannot_be_writable_and_a_short_key_is_refused()
    {
        var builder = new ServiceCollection().AddRotatingCredentials();
        var section = new ConfigurationBuilder().AddInMemoryCollection().Build().GetSection("Revoked");

        Assert.Contains("'Revoked' cannot be written", Assert.Throws<ArgumentException>(() => builder.RevocationsFrom(section, options => options.IsWritable = true)).Message, StringComparison.Ordinal);
        Assert.Contains("FingerprintKey has 15 bytes", Assert.Throws<ArgumentException>(() => builder.RevocationsFrom(List, options => options.FingerprintKey = Key[..15])).Message, StringComparison.Ordinal);
        builder.RevocationsFrom(List, options => options.FingerprintKey = Key);
    }

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private ScriptedBackend TwoVersions() => new ScriptedBackend()
        .Put("v1", "value-of-v1", createdOn: _time.GetUtcNow().AddHours(-2))
        .Put("v2", Leaked, createdOn: _time.GetUtcNow().AddHours(-1));

    private void Write(params string[] entries) => File.WriteAllText(List, $$"""{ "revoked": [ {{string.Join(", ", entries)}} ] }""");

    private ServiceProvider Start(ICredentialBackend backend, Action<RevocationListOptions>? configure = null) =>
        Start(backend, builder => builder.RevocationsFrom(List, configure ?? (_ => { })));

    private ServiceProvider Start(ICredentialBackend backend, Action<RotatingCredentialsBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_logs));
        configure(services.AddRotatingCredentials().AddCredential("stripe", credential => credential.UseBackend("stripe", _ => backend).Configure(options => options.MinimumLength = 1)));
        return services.BuildServiceProvider();
    }

    private static async Task<IRotatingCredentialProvider> LoadAsync(ServiceProvider app)
    {
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        return provider;
    }

    private void Advance(TimeSpan by) => _time.Advance(by);

    private IEnumerable<string> Logged(int id) => _logs.Collector.GetSnapshot().Where(record => record.Id.Id == id).Select(record => record.Message);
}

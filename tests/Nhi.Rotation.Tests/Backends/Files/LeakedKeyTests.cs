using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>What docs/leaked-key.md tells somebody to do with files, while the overlap window of the leaked key is open.</summary>
public sealed class LeakedKeyTests : IDisposable
{
    private readonly FileFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task In_a_directory_of_versions_enabled_false_ends_the_leaked_key_at_the_next_refresh()
    {
        _files.Replace("old.key", "leaked");
        _files.Replace("new.key", "clean");
        _files.Replace("manifest.json", """{ "current": "old", "versions": [{ "id": "old", "file": "old.key" }] }""");
        await using var app = Start(_files.Root);
        var key = await LoadAsync(app);
        _files.Replace("manifest.json", """{ "current": "new", "versions": [{ "id": "old", "file": "old.key" }, { "id": "new", "file": "new.key" }] }""");
        await RefreshAsync(key, "new");
        Assert.Equal(CredentialStage.Previous, Match(key, "leaked").Stage);

        _files.Replace("manifest.json", """{ "current": "new", "versions": [{ "id": "old", "file": "old.key", "enabled": false }, { "id": "new", "file": "new.key" }] }""");
        await RefreshAsync(key, "new");

        AssertRefusedAndRecognised(key, CredentialStage.Retired);
    }

    [Fact]
    public async Task In_a_document_a_leaked_key_that_is_left_out_ends_at_the_next_refresh()
    {
        var path = _files.PathOf("acme.versions.json");
        _files.Replace("acme.versions.json", """{ "current": "old", "versions": [{ "id": "old", "value": "leaked" }] }""");
        await using var app = Start(path);
        var key = await LoadAsync(app);
        _files.Replace("acme.versions.json", """{ "current": "new", "versions": [{ "id": "old", "value": "leaked" }, { "id": "new", "value": "clean" }] }""");
        await RefreshAsync(key, "new");
        Assert.Equal(CredentialStage.Previous, Match(key, "leaked").Stage);

        _files.Replace("acme.versions.json", """{ "current": "new", "versions": [{ "id": "new", "value": "clean" }] }""");
        await RefreshAsync(key, "new");

        AssertRefusedAndRecognised(key, CredentialStage.Retired);
    }

    [Fact]
    public async Task A_single_value_that_was_replaced_lives_on_in_overlap_until_it_is_revoked_in_the_process_or_the_process_is_replaced()
    {
        var path = _files.PathOf("acme");
        _files.Replace("acme", "leaked");
        await using var app = Start(path);
        var key = await LoadAsync(app);
        var old = key.Current.VersionId;
        _files.Replace("acme", "clean");
        await RefreshAsync(key);
        Assert.NotEqual(old, key.Current.VersionId);
        Assert.True(Match(key, "leaked").IsAccepted);

        await using (var restarted = Start(path))
        {
            Assert.Equal(default, Match(await LoadAsync(restarted), "leaked"));
        }

        await key.RevokeAsync(old, "in a build log", TestContext.Current.CancellationToken);

        AssertRefusedAndRecognised(key, CredentialStage.Revoked);
    }

    private static void AssertRefusedAndRecognised(IRotatingCredentialProvider key, CredentialStage stage)
    {
        var match = Match(key, "leaked");
        Assert.False(match.IsAccepted);
        Assert.True(match.IsRecognized);
        Assert.Equal(stage, match.Stage);
        Assert.True(Match(key, "clean").IsAccepted);
    }

    private static CredentialMatch Match(IRotatingCredentialProvider key, string presented) => key.Match(Encoding.UTF8.GetBytes(presented));

    private static ServiceProvider Start(string path)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRotatingCredentials().AddCredential("acme", c => c.FromFiles(path).Configure(options => options.MinimumLength = 1));
        return services.BuildServiceProvider();
    }

    private static async Task<IRotatingCredentialProvider> LoadAsync(ServiceProvider app)
    {
        var key = app.GetRequiredKeyedService<IRotatingCredentialProvider>("acme");
        await key.GetCurrentAsync(TestContext.Current.CancellationToken);
        return key;
    }

    private static async Task RefreshAsync(IRotatingCredentialProvider key, string? current = null)
    {
        var set = await key.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal(current ?? set.Current?.VersionId, set.Current?.VersionId);
    }
}

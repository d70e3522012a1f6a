namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class ManifestTests : IDisposable
{
    private const string Directory = """
        {
          "revision": 7, "owner": "payments", "purpose": "charges",
          "current": "v2", "previous": "v1", "pending": "v3",
          "versions": [
            { "id": "v1", "file": "v1.key", "createdOn": "2026-01-01T00:00:00Z", "expiresOn": "2026-03-01T00:00:00+01:00" },
            { "id": "v2", "file": "keys/v2.key", "createdOn": "2026-02-01T00:00:00Z" },
            { "id": "v3", "file": "v3.key", "notBefore": "2026-03-01T00:00:00Z", "enabled": false }
          ]
        }
        """;

    private const string Document = """
        {
          "current": "b", "versions": [
            { "id": "a", "value": "old\n" },
            { "id": "b", "valueBase64": "AAEC" }
          ]
        }
        """;

    private readonly FileFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_directory_with_a_manifest_describes_a_whole_overlap()
    {
        WriteDirectory();

        var listing = await _files.ListAsync(_files.Root);

        Assert.True(listing.IsComplete);
        Assert.Equal(7, listing.Revision);
        Assert.Equal("payments", listing.Owner);
        Assert.Equal("charges", listing.Purpose);
        Assert.Equal(["v1 (Previous)", "v2 (Current)", "v3 (Pending, disabled)"], listing.Versions.Select(v => v.ToString()));
        Assert.Equal(["one", "two", "three"], listing.Versions.Select(FileFixture.Reveal));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), listing.Versions[0].CreatedOn);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(1)), listing.Versions[0].ExpiresOn);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), listing.Versions[2].NotBefore);
    }

    [Fact]
    public async Task The_file_of_a_known_version_is_not_read_again()
    {
        WriteDirectory();
        File.Delete(_files.PathOf("v1.key"));

        var listing = await _files.ListAsync(_files.Root, null, "v1", "v2");

        Assert.Equal([true, true, false], listing.Versions.Select(v => v.Value is null));
    }

    [Fact]
    public async Task A_document_has_the_values_inline()
    {
        var path = _files.Write("orders.versions.json", Document);

        var listing = await _files.ListAsync(path);

        Assert.True(listing.IsComplete);
        Assert.Null(listing.Revision);
        Assert.Equal(["a (None)", "b (Current)"], listing.Versions.Select(v => v.ToString()));
        Assert.Equal("old\n", FileFixture.Reveal(listing.Versions[0]));
        Assert.Equal([0, 1, 2], FileFixture.RevealBytes(listing.Versions[1]));
    }

    [Theory]
    [InlineData("\"leaked in a build log\"", "leaked in a build log")]
    [InlineData("true", "the manifest says so")]
    [InlineData("false", null)]
    [InlineData("null", null)]
    public async Task A_manifest_says_what_is_revoked_and_why(string revoked, string? why)
    {
        var path = _files.Write("orders.versions.json", $$"""{ "versions": [ { "id": "a", "value": "old", "revoked": {{revoked}} }, { "id": "b", "value": "new" } ] }""");

        var listing = await _files.ListAsync(path);

        Assert.Equal([why, null], listing.Versions.Select(version => version.RevokedBecause));
        Assert.Equal("old", FileFixture.Reveal(listing.Versions[0]));
    }

    [Theory]
    [InlineData("\" \"")]
    [InlineData("1")]
    [InlineData("[]")]
    public async Task A_revocation_that_says_neither_why_nor_true_is_a_mistake(string revoked)
    {
        var path = _files.Write("orders.versions.json", $$"""{ "versions": [ { "id": "a", "value": "old", "revoked": {{revoked}} } ] }""");

        var error = await Assert.ThrowsAsync<BackendException>(async () => await _files.ListAsync(path));

        Assert.Contains("'revoked' of versions[0] says neither why nor true", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_revoked_version_the_value_may_be_gone()
    {
        var path = _files.Write("orders.versions.json", """{ "versions": [ { "id": "a", "revoked": "leaked" }, { "id": "b", "value": "new" } ] }""");
        _files.Write("manifest.json", """{ "versions": [ { "id": "a", "file": "gone.key", "revoked": "leaked" }, { "id": "b", "file": "b.key" } ] }""");
        _files.Write("b.key", "new");

        foreach (var listing in new[] { await _files.ListAsync(path), await _files.ListAsync(_files.Root) })
        {
            Assert.Equal([true, false], listing.Versions.Select(version => version.Value is null));
            Assert.Equal("leaked", listing.Versions[0].RevokedBecause);
        }
    }

    [Fact]
    public async Task A_known_version_of_a_document_is_listed_without_its_value()
    {
        var path = _files.Write("orders.versions.json", Document);

        var listing = await _files.ListAsync(path, null, "a");

        Assert.Null(listing.Versions[0].Value);
        Assert.NotNull(listing.Versions[1].Value);
    }

    [Fact]
    public async Task The_same_text_is_one_value_unless_its_name_or_the_layout_says_document()
    {
        var path = _files.Write("orders.json", Document);

        Assert.Single((await _files.ListAsync(path)).Versions);
        Assert.Equal(2, (await _files.ListAsync(path, o => o.Layout = FileLayout.VersionDocument)).Versions.Count);
    }

    [Fact]
    public async Task A_manifest_in_a_kubernetes_volume_is_read_with_the_files_of_its_own_snapshot()
    {
        var volume = new KubernetesSecretVolume(_files.Root);
        volume.Write(Snapshot(0));
        var backend = _files.Backend();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            var n = 0;
            while (!stop.IsCancellationRequested)
            {
                volume.Write(Snapshot(++n));
            }

            return n;
        }, TestContext.Current.CancellationToken);

        var seen = new HashSet<string>();
        for (var i = 0; i < 200 || seen.Count < 3; i++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var version = await TryReadAsync(backend);
            if (version is not null)
            {
                Assert.Equal("value of " + version.Id, FileFixture.Reveal(version));
                seen.Add(version.Id);
            }
        }

        await stop.CancelAsync();
        Assert.True(await writer > 1);
    }

    private static Dictionary<string, string> Snapshot(int n) => new()
    {
        ["manifest.json"] = $$"""{ "current": "v{{n}}", "versions": [ { "id": "v{{n}}", "file": "{{(n % 2 == 0 ? "even" : "odd")}}" } ] }""",
        [n % 2 == 0 ? "even" : "odd"] = $"value of v{n}",
    };

    private async Task<BackendVersion?> TryReadAsync(Nhi.Rotation.Backends.Files.FileCredentialBackend backend)
    {
        try
        {
            return (await FileFixture.ListAsync(backend, _files.Root)).Versions[0];
        }
        catch (BackendException e) when (e.IsTransient)
        {
            // Swapped ten times within one listing: the engine would come again.
            return null;
        }
    }

    private void WriteDirectory()
    {
        _files.Write("v1.key", "one\n");
        _files.Write("keys/v2.key", "two\n");
        _files.Write("v3.key", "three\n");
        _files.Write("manifest.json", Directory);
    }
}

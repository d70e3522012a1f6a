using System.Text;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Secrets;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>Which versions matter, and as what; and what it costs.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData(1, "", "None=v1")]
    [InlineData(3, "", "None=v1, None=v2, None=v3")]
    [InlineData(6, "", "None=v3, None=v4, None=v5, None=v6")]
    [InlineData(3, "2 current", "Previous=v1, Current=v2")]
    [InlineData(3, "2 current, 3 previous", "Current=v2, Previous=v3")]
    [InlineData(3, "3 current, 1 previous", "Previous=v1, Current=v3")]
    [InlineData(3, "2 previous", "Previous=v2, Current=v3")]
    [InlineData(3, "3 pending", "None=v1, None=v2, Pending=v3")]
    [InlineData(3, "2 current, 3 pending", "Previous=v1, Current=v2, Pending=v3")]
    [InlineData(3, "3 current, 3 pending", "Previous=v2, Current=v3")]
    [InlineData(3, "3 disabled", "None=v1, None=v2")]
    [InlineData(3, "3 current, 3 disabled", "Previous=v1, Current=v2")]
    [InlineData(4, "3 current, 3 disabled", "Previous=v1, Current=v2")]
    [InlineData(3, "3 current, 2 previous, 3 disabled", "Previous=v1, Current=v2")]
    [InlineData(3, "2 destroyed", "None=v1, None=v3")]
    [InlineData(3, "3 revoked", "None=v1, None=v2, None=v3!")]
    [InlineData(3, "3 current, 3 revoked", "Previous=v1, Current=v2, None=v3!")]
    [InlineData(3, "3 other", "None=v1, None=v2, None=v3")]
    public async Task Aliases_and_states_say_which_version_is_what(int versions, string marks, string expected)
    {
        await using var google = await BackendFixture.StartAsync();
        Fill(google, versions, marks);

        Assert.Equal(expected, (await google.ListAsync()).Summary());
    }

    [Fact]
    public async Task An_alias_that_names_no_version_of_the_secret_is_an_error_and_not_the_newest_version()
    {
        await using var google = await BackendFixture.StartAsync();
        Fill(google, 2, string.Empty);
        google.Server.Alias(BackendFixture.Name, "current", 7);

        var error = await Assert.ThrowsAsync<BackendException>(async () => await google.ListAsync());

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("its alias 'current' names a version that the secret does not have", error.Cause, StringComparison.Ordinal);
        Assert.Contains("--update-version-aliases", error.Fix, StringComparison.Ordinal);

        // What the store says of a version that is in use comes first.
        google.Server.Alias(BackendFixture.Name, "current", 2);
        var known = (await google.ListAsync()).Versions.Select(static version => version.Id).ToArray();
        Fill(google, 0, "7 current, 2 revoked");
        Assert.Contains((await google.ListAsync(BackendFixture.Name, known)).Versions, static version => version.RevokedBecause is not null);
    }

    [Fact]
    public async Task The_names_of_the_aliases_are_an_option()
    {
        await using var google = await BackendFixture.StartAsync(new AliasNames("live", "before", "staged"));
        Fill(google, 4, "2 before, 3 live, 4 staged");

        Assert.Equal("Previous=v2, Current=v3, Pending=v4", (await google.ListAsync()).Summary());
    }

    [Fact]
    public async Task An_unchanged_secret_costs_two_calls_without_a_value_and_a_rotation_one_more()
    {
        await using var google = await BackendFixture.StartAsync();
        Fill(google, 2, "");
        var known = await google.KnownAsync();

        Assert.Equal("None=?, None=?", (await google.ListAsync(BackendFixture.Name, known)).Summary());
        Assert.Equal("get 1, list 1", google.Server.Counts());

        google.Add("v3");
        Assert.Equal("None=?, None=?, None=v3", (await google.ListAsync(BackendFixture.Name, known)).Summary());
        Assert.Equal("access 1, get 2, list 2", google.Server.Counts());
    }

    [Fact]
    public async Task A_moved_alias_is_a_rotation_and_costs_no_value_that_is_known()
    {
        await using var google = await BackendFixture.StartAsync();
        Fill(google, 2, "1 current, 2 pending");
        var known = await google.KnownAsync();
        google.Server.Alias(BackendFixture.Name, "current", 2);

        Assert.Equal("Previous=?, Current=?", (await google.ListAsync(BackendFixture.Name, known)).Summary());
        Assert.Equal("get 1, list 1", google.Server.Counts());
    }

    [Theory]
    [InlineData("DISABLED")]
    [InlineData("DESTROYED")]
    public async Task A_version_that_is_known_and_was_disabled_is_said_to_be(string state)
    {
        await using var google = await BackendFixture.StartAsync();
        Fill(google, 2, "");
        var known = await google.KnownAsync();
        google.Server[BackendFixture.Name].Versions[1].State = state;

        Assert.Equal("None=?, None=?-", (await google.ListAsync(BackendFixture.Name, known)).Summary());
    }

    [Fact]
    public async Task An_alias_on_an_old_page_is_found_and_without_one_a_page_is_enough()
    {
        await using var google = await BackendFixture.StartAsync();
        Fill(google, 250, "");

        Assert.Equal("None=v247, None=v248, None=v249, None=v250", (await google.ListAsync()).Summary());
        Assert.Equal("access 4, get 1, list 1", google.Server.Counts());

        google.Server.Calls.Clear();
        google.Server.Alias(BackendFixture.Name, "current", 3);
        Assert.Equal("Previous=v2, Current=v3", (await google.ListAsync()).Summary());
        Assert.Equal("access 2, get 1, list 3", google.Server.Counts());
    }

    [Fact]
    public async Task A_secret_that_was_deleted_and_made_again_has_new_ids_though_its_numbers_are_the_old_ones()
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        var known = await google.KnownAsync();
        google.Server.Remove(BackendFixture.Name);
        google.Add("two");

        Assert.Equal("None=two", (await google.ListAsync(BackendFixture.Name, known)).Summary());
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(10, null, 10)]
    [InlineData(null, 5, 5)]
    [InlineData(10, 5, 5)]
    [InlineData(5, 10, 5)]
    public async Task The_earlier_of_the_secrets_expiry_and_the_versions_destruction_is_its_end(int? secret, int? version, int? expected)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        var start = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        if (secret is { } days)
        {
            google.Server[BackendFixture.Name].About["expireTime"] = start.AddDays(days).ToString("O");
        }

        google.Server[BackendFixture.Name].Versions[0].DestroyedOn = version is { } later ? start.AddDays(later) : null;

        Assert.Equal(expected is { } end ? start.AddDays(end) : null, Assert.Single((await google.ListAsync()).Versions).ExpiresOn);
    }

    [Fact]
    public async Task Annotations_say_owner_and_purpose_and_labels_where_there_are_none()
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Server.Annotate(BackendFixture.Name, "owner", "Payments team");
        google.Server[BackendFixture.Name].About["labels"] = new System.Text.Json.Nodes.JsonObject { ["owner"] = "other", ["purpose"] = "charges" };

        var listing = await google.ListAsync();

        Assert.Equal(("Payments team", "charges"), (listing.Owner, listing.Purpose));
    }

    [Fact]
    public async Task A_regional_secret_is_read_and_bytes_and_fields_are_values()
    {
        await using var google = await BackendFixture.StartAsync();
        const string Regional = "projects/shop/locations/europe-west3/secrets/key";
        google.Add("""{"username":"app","password":"pw"}""", Regional);
        google.Server.Add("projects/shop/secrets/bytes", [0, 255, 1]);

        Assert.Equal("None=pw", (await google.ListAsync(Regional + "#password")).Summary());
        var bytes = Assert.Single((await google.ListAsync("projects/shop/secrets/bytes")).Versions);
        Assert.Equal([0, 255, 1], new Credential("cred", bytes.Id, bytes.Value!).RevealBytes().ToArray());
    }

    [Fact]
    public void Where_a_secret_is_asked_is_its_regions_own_endpoint()
    {
        using var connection = new GoogleConnection(null);
        var api = new SecretApi(connection, null);

        Assert.Equal("Google Secret Manager at secretmanager.googleapis.com", api.Where(new SecretAddress(BackendFixture.Name, null)));
        Assert.Equal("Google Secret Manager at secretmanager.europe-west3.rep.googleapis.com", api.Where(new SecretAddress("projects/shop/locations/europe-west3/secrets/key", null)));
    }

    // RFC 3720, B.4, and the check value of the CRC catalogues.
    [Theory]
    [InlineData("123456789", 0xE3069283)]
    [InlineData("", 0u)]
    public void The_checksum_is_CRC_32C(string text, uint expected) => Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_checksum_of_32_bytes_is_that_of_RFC_3720()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    private static void Fill(BackendFixture google, int versions, string marks)
    {
        for (var i = 1; i <= versions; i++)
        {
            google.Add($"v{i}");
        }

        foreach (var mark in marks.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (number, what) = (mark[0] - '0', mark[2..]);
            switch (what)
            {
                case "disabled" or "destroyed":
                    google.Server[BackendFixture.Name].Versions[number - 1].State = what.ToUpperInvariant();
                    break;
                case "revoked":
                    google.Server.Annotate(BackendFixture.Name, "revoked", $"7, {number}");
                    break;
                default:
                    google.Server.Alias(BackendFixture.Name, what, number);
                    break;
            }
        }
    }
}

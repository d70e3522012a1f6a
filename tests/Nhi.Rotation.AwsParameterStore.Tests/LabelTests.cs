using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsSecretsManager.Tests;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>Which versions of a history matter, and as what.</summary>
public sealed class LabelTests
{
    [Theory]
    [InlineData(1, "", "None=v1")]
    [InlineData(3, "", "None=v1, None=v2, None=v3")]
    [InlineData(6, "", "None=v3, None=v4, None=v5, None=v6")]
    [InlineData(2, "2 current", "Previous=v1, Current=v2")]
    [InlineData(3, "2 current", "Previous=v1, Current=v2")]
    [InlineData(3, "2 current, 3 previous", "Current=v2, Previous=v3")]
    [InlineData(3, "3 current, 1 previous", "Previous=v1, Current=v3")]
    [InlineData(3, "2 previous", "Previous=v2, Current=v3")]
    [InlineData(3, "3 pending", "None=v1, None=v2, Pending=v3")]
    [InlineData(3, "2 current, 3 pending", "Previous=v1, Current=v2, Pending=v3")]
    [InlineData(3, "3 current, 3 pending", "Previous=v2, Current=v3")]
    [InlineData(3, "3 revoked", "None=v1, None=v2, None=v3!")]
    [InlineData(3, "3 current, 2 revoked-2", "Previous=v1, None=v2!, Current=v3")]
    [InlineData(3, "3 current, 3 revoked, 2 previous", "Previous=v1, Current=v2, None=v3!")]
    [InlineData(4, "3 current, 3 revoked", "Previous=v1, Current=v2, None=v3!")]
    [InlineData(3, "3 other, 2 Current", "None=v1, None=v2, None=v3")]
    public async Task Labels_say_which_version_is_what_and_without_them_the_newest_is_current(int versions, string labels, string expected)
    {
        await using var aws = await BackendFixture.StartAsync();
        Fill(aws, versions, labels);

        Assert.Equal(expected, await SummaryAsync(aws));
    }

    [Fact]
    public async Task The_names_of_the_labels_are_an_option()
    {
        await using var aws = await BackendFixture.StartAsync(new LabelNames("live", "before", "staged", "leaked"));
        Fill(aws, 4, "1 leaked-1, 2 before, 3 live, 4 staged");

        Assert.Equal("None=v1!, Previous=v2, Current=v3, Pending=v4", await SummaryAsync(aws));
    }

    [Fact]
    public async Task A_moved_label_is_a_rotation_and_costs_no_value_that_is_known()
    {
        await using var aws = await BackendFixture.StartAsync();
        Fill(aws, 2, "1 current, 2 pending");
        var known = await aws.KnownAsync();

        aws.Server.Label(BackendFixture.Name, 2, "current");

        var listing = await aws.ListAsync(BackendFixture.Name, known);
        Assert.Equal("Previous=?, Current=?", listing.Summary());
        Assert.Equal("GetParameterHistory 1", aws.Server.Counts());
    }

    [Fact]
    public async Task A_parameter_that_was_deleted_and_made_again_has_new_ids_though_its_numbers_are_the_old_ones()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        var known = await aws.KnownAsync();
        aws.Server.Do("DeleteParameter", new { BackendFixture.Name });
        aws.Server.Put(BackendFixture.Name, "two");

        Assert.Equal("None=two", (await aws.ListAsync(BackendFixture.Name, known)).Summary());
    }

    [Theory]
    [InlineData("2099-12-02T21:34:33.000Z", "2099-12-02T21:34:33.0000000+00:00")]
    [InlineData("2099-12-02T21:34:33+02:00", "2099-12-02T19:34:33.0000000+00:00")]
    [InlineData(null, null)]
    public async Task An_expiration_policy_is_the_versions_end(string? timestamp, string? expected)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one", policies: timestamp is null
            ? """[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}]"""
            : """[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"WHEN"}}]""".Replace("WHEN", timestamp, StringComparison.Ordinal));

        var version = Assert.Single((await aws.ListAsync()).Versions);

        Assert.Equal(expected, version.ExpiresOn?.ToString("O"));
    }

    [Theory]
    [InlineData("SecureString")]
    [InlineData("String")]
    [InlineData("StringList")]
    public async Task Every_type_is_read_as_the_text_it_is(string type)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "a,b", type);

        Assert.Equal("None=a,b", (await aws.ListAsync()).Summary());
        Assert.Equal(type == "SecureString" ? "GetParameterHistory 1, GetParameters 1" : "GetParameterHistory 1", aws.Server.Counts());
    }

    [Fact]
    public async Task A_field_of_JSON_is_a_value()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, """{"username":"app","password":"pw"}""");

        Assert.Equal("None=pw", (await aws.ListAsync(BackendFixture.Name + "#password")).Summary());
    }

    [Fact]
    public async Task An_ARN_is_asked_in_its_own_region_by_ARN()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("PutParameter", new { BackendFixture.Name, Value = "far", Type = "SecureString" }, "us-west-2");

        Assert.Equal("None=far", (await aws.ListAsync("arn:aws:ssm:us-west-2:123456789012:parameter/prod/key")).Summary());
        Assert.Equal(["us-west-2", "us-west-2"], aws.Server.Calls.Select(call => call.Region));
    }

    private static void Fill(BackendFixture aws, int versions, string labels)
    {
        for (var i = 1; i <= versions; i++)
        {
            aws.Server.Put(BackendFixture.Name, $"v{i}");
        }

        foreach (var label in labels.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            aws.Server.Label(BackendFixture.Name, label[0] - '0', label[2..]);
        }
    }

    private static async Task<string> SummaryAsync(BackendFixture aws)
    {
        var listing = await aws.ListAsync();
        Assert.All(listing.Versions, version => Assert.NotNull(version.CreatedOn));
        return string.Join(", ", listing.Versions.Select(version => $"{version.Label}={version.Text()}{(version.RevokedBecause is null ? "" : "!")}"));
    }
}

using System.Text.Json.Nodes;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

public sealed class RotationTests
{
    private const string Name = "prod/partner/api-key";

    [Fact]
    public async Task A_secret_with_one_version_is_listed_as_current_with_its_value_and_date()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one" });

        var listing = await aws.ListAsync(Name);

        Assert.Equal("Current=one", listing.Summary());
        Assert.True(listing.IsComplete);
        Assert.Equal(aws.Server.Secret(Name).Versions[0].CreatedOn, listing.Versions[0].CreatedOn!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task The_four_steps_of_a_rotation_are_seen_one_by_one()
    {
        await using var aws = await BackendFixture.StartAsync();
        var one = Id(aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }));

        // Secrets Manager attaches AWSPENDING before the first step has put a value.
        var two = Id(aws.Server.Do("RotateSecret", new { SecretId = Name }));
        Assert.Equal("Current=one, Pending=?", (await aws.ListAsync(Name)).Summary());

        // Step 1, createSecret; steps 2 and 3 (setSecret, testSecret) happen at the other side.
        aws.Server.Do("PutSecretValue", new { SecretId = Name, ClientRequestToken = two, SecretString = "two", VersionStages = new[] { "AWSPENDING" } });
        Assert.Equal("Current=one, Pending=two", (await aws.ListAsync(Name)).Summary());

        // Step 4, finishSecret: AWSPENDING stays on the new current version.
        MoveCurrent(aws.Server, one, two);
        var finished = await aws.ListAsync(Name, one, two);
        Assert.Equal("Previous=?, Current=?", finished.Summary());
        Assert.Equal([one, two], finished.Versions.Select(version => version.Id));
        Assert.Contains("AWSPENDING", aws.Server.Secret(Name).Find(two)!.Labels);
    }

    [Fact]
    public async Task A_finish_that_is_rolled_back_swaps_current_and_previous()
    {
        await using var aws = await BackendFixture.StartAsync();
        var one = Id(aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }));
        var two = Id(aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two" }));
        Assert.Equal("Previous=one, Current=two", (await aws.ListAsync(Name)).Summary());

        MoveCurrent(aws.Server, two, one);

        Assert.Equal("Previous=two, Current=one", (await aws.ListAsync(Name)).Summary());
    }

    [Fact]
    public async Task A_version_that_was_rolled_back_and_is_still_pending_counts_as_previous()
    {
        await using var aws = await BackendFixture.StartAsync();
        var one = Id(aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }));
        var two = Id(aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two", VersionStages = new[] { "AWSPENDING" } }));
        MoveCurrent(aws.Server, one, two);
        MoveCurrent(aws.Server, two, one);
        Assert.Equal(["AWSPENDING", "AWSPREVIOUS"], aws.Server.Secret(Name).Find(two)!.Labels.Order());

        Assert.Equal("Previous=two, Current=one", (await aws.ListAsync(Name)).Summary());
    }

    [Fact]
    public async Task Versions_without_one_of_the_three_labels_are_left_out()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one" });
        aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "blue", VersionStages = new[] { "BLUE" } });
        aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two", VersionStages = new[] { "AWSCURRENT", "GREEN" } });
        aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "three" });

        // "one" has lost its last label, "blue" has only a label of its own.
        Assert.Equal("Previous=two, Current=three", (await aws.ListAsync(Name)).Summary());
        Assert.Equal("DescribeSecret 1, GetSecretValue 2", aws.Server.Counts());
    }

    [Fact]
    public async Task Of_a_thousand_versions_only_those_that_matter_are_read()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = "v0" });
        for (var i = 1; i < 1000; i++)
        {
            aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = $"v{i}", VersionStages = new[] { "AWSCURRENT", $"build-{i}" } });
        }

        Assert.Equal("Previous=v998, Current=v999", (await aws.ListAsync(Name)).Summary());
        Assert.Equal("DescribeSecret 1, GetSecretValue 2", aws.Server.Counts());
    }

    [Fact]
    public async Task Binary_content_arrives_byte_by_byte()
    {
        await using var aws = await BackendFixture.StartAsync();
        var bytes = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        aws.Server.Do("CreateSecret", new { Name, SecretBinary = Convert.ToBase64String(bytes) });

        Assert.Equal(bytes, (await aws.ListAsync(Name)).Only(VersionLabel.Current).Bytes());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("\"quoted\" \\ / \b \f \n \r \t é 😀 \u2028")]
    [InlineData(" leading and trailing ")]
    public async Task Text_arrives_character_by_character(string text)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = text });

        Assert.Equal(text, (await aws.ListAsync(Name)).Only(VersionLabel.Current).Text());
    }

    [Fact]
    public async Task A_secret_of_the_largest_size_is_read()
    {
        await using var aws = await BackendFixture.StartAsync();
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 4096));
        aws.Server.Do("CreateSecret", new { Name, SecretString = text });

        Assert.Equal(text, (await aws.ListAsync(Name)).Only(VersionLabel.Current).Text());
    }

    [Fact]
    public async Task Tags_tell_owner_and_purpose()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one", Tags = new[] { new { Key = "Owner", Value = "payments" }, new { Key = "purpose", Value = "charges" }, new { Key = "x", Value = "y" } } });

        var listing = await aws.ListAsync(Name);

        Assert.Equal("payments", listing.Owner);
        Assert.Equal("charges", listing.Purpose);
    }

    [Fact]
    public async Task A_version_that_vanishes_between_list_and_get_does_not_fail_the_listing()
    {
        await using var aws = await BackendFixture.StartAsync();
        var one = Id(aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }));
        var two = Id(aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two" }));
        aws.Server.Faults = call => call.Operation == "GetSecretValue" && call.Body.Contains(one, StringComparison.Ordinal) ? Fault.Error("ResourceNotFoundException") : null;

        var listing = await aws.ListAsync(Name, two);

        Assert.Null(listing.Only(VersionLabel.Previous).Value);
        Assert.Equal(two, listing.Only(VersionLabel.Current).Id);
    }

    [Fact]
    public async Task A_current_version_that_get_does_not_know_yet_is_listed_without_value_and_read_at_the_next_refresh()
    {
        await using var aws = await BackendFixture.StartAsync();
        var one = Id(aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }));
        aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two" });
        aws.Server.Faults = call => call.Operation == "GetSecretValue" ? Fault.Error("ResourceNotFoundException") : null;
        Assert.Equal("Previous=?, Current=?", (await aws.ListAsync(Name, one)).Summary());

        aws.Server.Faults = _ => null;
        Assert.Equal("Previous=?, Current=two", (await aws.ListAsync(Name, one)).Summary());
    }

    [Fact]
    public async Task A_previous_version_that_may_not_be_read_is_said_and_does_not_fail_the_listing()
    {
        await using var aws = await BackendFixture.StartAsync();
        var one = Id(aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }));
        aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two" });
        aws.Server.Faults = call => call.Operation == "GetSecretValue" && call.Body.Contains(one, StringComparison.Ordinal) ? Fault.Error("AccessDeniedException") : null;

        Assert.Equal("Previous=?, Current=two", (await aws.ListAsync(Name)).Summary());

        var record = Assert.Single(aws.Logger.Collector.GetSnapshot());
        Assert.Equal(401, record.Id.Id);
        Assert.Contains(one, record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, record.Message, StringComparison.Ordinal);
    }

    private static string Id(JsonObject answer) => answer["VersionId"]!.GetValue<string>();

    private static void MoveCurrent(SecretsManagerServer server, string from, string to) =>
        server.Do("UpdateSecretVersionStage", new { SecretId = Name, VersionStage = "AWSCURRENT", RemoveFromVersionId = from, MoveToVersionId = to });
}

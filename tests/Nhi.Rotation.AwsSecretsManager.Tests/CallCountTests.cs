using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>What docs/aws-secrets-manager.md says of costs, in calls.</summary>
public sealed class CallCountTests
{
    [Fact]
    public async Task An_unchanged_secret_costs_one_call_that_carries_no_value()
    {
        await using var aws = await BackendFixture.StartAsync();
        var known = Create(aws, "a");

        var listing = await aws.ListAsync("a", known);

        Assert.Equal("DescribeSecret 1", aws.Server.Counts());
        Assert.All(listing.Versions, version => Assert.Null(version.Value));
    }

    [Fact]
    public async Task A_rotation_costs_one_call_more()
    {
        await using var aws = await BackendFixture.StartAsync();
        var known = Create(aws, "a");
        aws.Server.Do("PutSecretValue", new { SecretId = "a", SecretString = "new" });

        await aws.ListAsync("a", known);

        Assert.Equal("DescribeSecret 1, GetSecretValue 1", aws.Server.Counts());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public async Task Many_unchanged_secrets_cost_one_call_each(int count)
    {
        await using var aws = await BackendFixture.StartAsync();
        var requests = Enumerable.Range(0, count).Select(i => BackendFixture.Request($"s{i}", Create(aws, $"s{i}"))).ToList();

        var results = await aws.Backend.ListManyAsync(requests, TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.NotNull(result.Listing));
        Assert.Equal($"DescribeSecret {count}", aws.Server.Counts());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public async Task Many_new_secrets_share_one_call_for_their_current_values(int count)
    {
        await using var aws = await BackendFixture.StartAsync();
        var requests = Enumerable.Range(0, count).Select(i => BackendFixture.Request($"s{i}")).ToList();
        foreach (var request in requests)
        {
            Create(aws, request.Key);
        }

        var results = await aws.Backend.ListManyAsync(requests, TestContext.Current.CancellationToken);

        Assert.Equal(requests.Select(request => $"Current=value of {request.Key}"), results.Select(result => result.Listing!.Summary()));
        Assert.All(results, result => Assert.NotNull(result.Listing!.Versions[0].CreatedOn));
        Assert.Equal($"BatchGetSecretValue 1, DescribeSecret {count}", aws.Server.Counts());
    }

    [Fact]
    public async Task One_new_secret_among_many_is_read_by_itself()
    {
        await using var aws = await BackendFixture.StartAsync();
        var requests = Enumerable.Range(0, 10).Select(i => BackendFixture.Request($"s{i}", Create(aws, $"s{i}"))).ToList();
        aws.Server.Do("PutSecretValue", new { SecretId = "s3", SecretString = "new" });

        var results = await aws.Backend.ListManyAsync(requests, TestContext.Current.CancellationToken);

        Assert.Equal("Previous=?, Current=new", results[3].Listing!.Summary());
        Assert.Equal("DescribeSecret 10, GetSecretValue 1", aws.Server.Counts());
    }

    [Fact]
    public async Task Two_fields_of_one_secret_share_its_calls()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "db", SecretString = """{"username":"app","password":"pw"}""" });

        var results = await aws.Backend.ListManyAsync(
            [BackendFixture.Request("db#username"), BackendFixture.Request("db#password")], TestContext.Current.CancellationToken);

        Assert.Equal(["Current=app", "Current=pw"], results.Select(result => result.Listing!.Summary()));
        Assert.Equal("BatchGetSecretValue 1, DescribeSecret 1", aws.Server.Counts());
    }

    [Fact]
    public async Task Without_permission_for_batches_values_are_read_one_by_one_and_it_is_said_once()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Faults = call => call.Operation == "BatchGetSecretValue" ? Fault.Error("AccessDeniedException") : null;
        List<BackendRequest> requests = [BackendFixture.Request("a"), BackendFixture.Request("b")];
        Create(aws, "a");
        Create(aws, "b");

        for (var i = 0; i < 3; i++)
        {
            var results = await aws.Backend.ListManyAsync(requests, TestContext.Current.CancellationToken);
            Assert.Equal(["Current=value of a", "Current=value of b"], results.Select(result => result.Listing!.Summary()));
        }

        Assert.Equal("BatchGetSecretValue 1, DescribeSecret 6, GetSecretValue 6", aws.Server.Counts());
        var record = Assert.Single(aws.Logger.Collector.GetSnapshot());
        Assert.Equal(400, record.Id.Id);
        Assert.Contains("secretsmanager:BatchGetSecretValue", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_fails_for_another_reason_is_tried_again_next_time()
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0);
        List<BackendRequest> requests = [BackendFixture.Request("a"), BackendFixture.Request("b")];
        Create(aws, "a");
        Create(aws, "b");
        aws.Server.Faults = call => call.Operation == "BatchGetSecretValue" ? Fault.Error("InternalServiceError", status: 500) : null;

        for (var i = 0; i < 2; i++)
        {
            var results = await aws.Backend.ListManyAsync(requests, TestContext.Current.CancellationToken);
            Assert.Equal(["Current=value of a", "Current=value of b"], results.Select(result => result.Listing!.Summary()));
        }

        Assert.Equal("BatchGetSecretValue 2, DescribeSecret 4, GetSecretValue 4", aws.Server.Counts());
    }

    [Fact]
    public async Task In_a_batch_each_credential_has_its_own_result_in_order()
    {
        await using var aws = await BackendFixture.StartAsync();
        Create(aws, "a");
        Create(aws, "c");
        Create(aws, "deleted");
        aws.Server.Do("DeleteSecret", new { SecretId = "deleted" });
        List<BackendRequest> requests = [new("cred-a", "a"), new("cred-b", "missing"), new("cred-c", "c"), new("cred-d", "deleted")];

        var results = await aws.Backend.ListManyAsync(requests, TestContext.Current.CancellationToken);

        Assert.Equal("Current=value of a", results[0].Listing!.Summary());
        Assert.Equal(("cred-b", BackendFailure.NotFound), (results[1].Error!.CredentialName, results[1].Error!.Failure));
        Assert.Equal("Current=value of c", results[2].Listing!.Summary());
        Assert.Equal(("cred-d", BackendFailure.NotFound), (results[3].Error!.CredentialName, results[3].Error!.Failure));
    }

    [Fact]
    public async Task A_rotation_between_labels_and_batch_does_not_mix_versions_up()
    {
        await using var aws = await BackendFixture.StartAsync();
        Create(aws, "a");
        Create(aws, "b");
        aws.Server.Faults = call =>
        {
            if (call.Operation == "BatchGetSecretValue")
            {
                aws.Server.Do("PutSecretValue", new { SecretId = "a", SecretString = "newer" });
            }

            return null;
        };

        var results = await aws.Backend.ListManyAsync([BackendFixture.Request("a"), BackendFixture.Request("b")], TestContext.Current.CancellationToken);

        // The labels were read first, so the listing is of that moment; the rotation shows at the next refresh.
        Assert.Equal("Current=value of a", results[0].Listing!.Summary());
        Assert.Equal("Previous=value of a, Current=newer", (await aws.ListAsync("a")).Summary());
    }

    [Fact]
    public async Task Batches_go_to_each_region_by_itself()
    {
        await using var aws = await BackendFixture.StartAsync();
        var keys = new List<string>();
        foreach (var region in new[] { "eu-west-1", "us-east-1" })
        {
            foreach (var name in new[] { "a", "b" })
            {
                keys.Add(aws.Server.Do("CreateSecret", new { Name = name, SecretString = $"{name} in {region}" }, region)["ARN"]!.GetValue<string>());
            }
        }

        var results = await aws.Backend.ListManyAsync([.. keys.Select(key => BackendFixture.Request(key))], TestContext.Current.CancellationToken);

        Assert.Equal(
            ["Current=a in eu-west-1", "Current=b in eu-west-1", "Current=a in us-east-1", "Current=b in us-east-1"],
            results.Select(result => result.Listing!.Summary()));
        Assert.Equal("BatchGetSecretValue 2, DescribeSecret 4", aws.Server.Counts());
        Assert.Equal(
            ["secretsmanager.eu-west-1.amazonaws.com", "secretsmanager.us-east-1.amazonaws.com"], aws.Server.Calls.Select(call => call.Host).Distinct().Order());
    }

    private static string Create(BackendFixture aws, string name) =>
        aws.Server.Do("CreateSecret", new { Name = name, SecretString = $"value of {name}" })["VersionId"]!.GetValue<string>();
}

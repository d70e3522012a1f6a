using System.Globalization;
using Nhi.Rotation.AwsSecretsManager.Tests;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>What docs/aws-parameter-store.md says of costs, in calls.</summary>
public sealed class CallCountTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unchanged_parameter_costs_one_call_that_carries_no_value()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "the value");
        var known = await aws.KnownAsync();

        var listing = await aws.ListAsync(BackendFixture.Name, known);

        Assert.Equal("GetParameterHistory 1", aws.Server.Counts());
        Assert.All(listing.Versions, version => Assert.Null(version.Value));
        Assert.All(aws.Server.Calls, call => Assert.DoesNotContain("the value", call.Response!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rotation_costs_one_call_more()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        var known = await aws.KnownAsync();
        aws.Server.Put(BackendFixture.Name, "two");

        Assert.Equal("None=?, None=two", (await aws.ListAsync(BackendFixture.Name, known)).Summary());
        Assert.Equal("GetParameterHistory 1, GetParameters 1", aws.Server.Counts());
    }

    [Theory]
    [InlineData(10, 1, 1)]
    [InlineData(5, 2, 1)]
    [InlineData(10, 2, 2)]
    [InlineData(3, 4, 2)]
    public async Task Values_are_read_ten_a_call(int parameters, int versions, int calls)
    {
        await using var aws = await BackendFixture.StartAsync();
        var requests = Enumerable.Range(0, parameters).Select(i => BackendFixture.Request($"/batch/{i}")).ToList();
        foreach (var request in requests)
        {
            for (var version = 1; version <= versions; version++)
            {
                aws.Server.Put(request.Key, string.Create(CultureInfo.InvariantCulture, $"{request.Key} v{version}"));
            }
        }

        var results = await aws.Backend.ListManyAsync(requests, Ct);

        Assert.Equal(requests.Select(request => $"{request.Key} v{versions}"), results.Select(result => result.Listing!.Versions[^1].Text()));
        Assert.Equal($"GetParameterHistory {parameters}, GetParameters {calls}", aws.Server.Counts());
    }

    [Fact]
    public async Task Two_fields_of_one_parameter_share_its_calls()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put("db", """{"username":"app","password":"pw"}""");

        var results = await aws.Backend.ListManyAsync([BackendFixture.Request("db#username"), BackendFixture.Request("db#password")], Ct);

        Assert.Equal(["None=app", "None=pw"], results.Select(result => result.Listing!.Summary()));
        Assert.Equal("GetParameterHistory 1, GetParameters 1", aws.Server.Counts());
    }

    [Fact]
    public async Task A_history_of_a_hundred_versions_is_two_pages_and_all_of_them_are_read()
    {
        await using var aws = await BackendFixture.StartAsync();
        for (var i = 1; i <= 100; i++)
        {
            aws.Server.Put(BackendFixture.Name, string.Create(CultureInfo.InvariantCulture, $"v{i}"));
        }

        Assert.Equal("None=v97, None=v98, None=v99, None=v100", (await aws.ListAsync()).Summary());
        Assert.Equal("GetParameterHistory 2, GetParameters 1", aws.Server.Counts());
    }

    [Fact]
    public async Task A_key_that_may_not_be_used_fails_its_own_parameter_alone()
    {
        await using var aws = await BackendFixture.StartAsync();
        string[] names = ["/a", "/b", "/c"];
        Array.ForEach(names, name => aws.Server.Put(name, "value of " + name));
        aws.Server.Faults = call => call.Operation == "GetParameters" && call.Body.Contains("/b:", StringComparison.Ordinal) ? Fault.Error("AccessDeniedException", "KMS " + Fault.Canary) : null;

        var results = await aws.Backend.ListManyAsync([.. names.Select(name => BackendFixture.Request(name))], Ct);

        Assert.Equal(["None=value of /a", null, "None=value of /c"], results.Select(result => result.Listing?.Summary()));
        Assert.Equal(BackendFailure.AccessDenied, results[1].Error!.Failure);
        Assert.Contains("KMS key of parameter '/b'", results[1].Error!.Cause, StringComparison.Ordinal);
        Assert.Equal("GetParameterHistory 3, GetParameters 4", aws.Server.Counts());
    }

    [Fact]
    public async Task Once_the_service_asks_for_fewer_calls_the_rest_of_a_batch_is_not_asked()
    {
        await using var aws = await BackendFixture.StartAsync();
        string[] names = ["/a", "/b", "/c", "/d"];
        Array.ForEach(names, name => aws.Server.Put(name, "value of " + name));
        aws.Server.Faults = call => call.Body.Contains("/b", StringComparison.Ordinal) ? Fault.Throttle("Retry-After", "7") : null;

        var results = await aws.Backend.ListManyAsync([.. names.Select(name => BackendFixture.Request(name))], Ct);

        Assert.Equal("None=value of /a", results[0].Listing!.Summary());
        Assert.All(results.Skip(1), result => Assert.Equal((BackendFailure.Throttled, TimeSpan.FromSeconds(7)), (result.Error!.Failure, result.Error.RetryAfter)));
        Assert.Equal("GetParameterHistory 2, GetParameters 1", aws.Server.Counts());
    }

    [Fact]
    public async Task Throttled_values_are_not_asked_for_one_by_one()
    {
        await using var aws = await BackendFixture.StartAsync();
        string[] names = ["/a", "/b"];
        Array.ForEach(names, name => aws.Server.Put(name, "value"));
        aws.Server.Faults = call => call.Operation == "GetParameters" ? Fault.Throttle() : null;

        var results = await aws.Backend.ListManyAsync([.. names.Select(name => BackendFixture.Request(name))], Ct);

        Assert.All(results, result => Assert.Equal(BackendFailure.Throttled, result.Error!.Failure));
        Assert.Equal("GetParameterHistory 2, GetParameters 1", aws.Server.Counts());
    }
}

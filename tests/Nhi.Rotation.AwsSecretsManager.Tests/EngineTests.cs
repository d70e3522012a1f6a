using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>Rotation and faults as the app sees them, through the engine.</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task Rotations_under_load_fail_no_request_even_when_a_finish_is_rolled_back()
    {
        await using var app = await AppFixture.StartAsync();
        var otherSide = new OtherSide("one");
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(() => otherSide.Use(app.Provider, stop.Token))).ToArray();

        var current = app.Server.Secret(AppFixture.SecretId).Versions[0].Id;
        for (var round = 0; round < 10; round++)
        {
            current = await RotateAsync(app, otherSide, current, $"value {round}", rollBack: round % 3 == 2);
        }

        await stop.CancelAsync();
        var requests = (await Task.WhenAll(load)).Sum();
        Assert.Equal(0, otherSide.Failures);
        Assert.True(requests > 1000, $"only {requests} requests were made");
    }

    [Fact]
    public async Task Ten_minutes_of_throttling_do_not_disturb_the_app()
    {
        await using var app = await AppFixture.StartAsync();
        Assert.Equal("one", (await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken)).Reveal());
        app.Put("two");
        app.Server.Calls.Clear();
        app.Server.Faults = _ => Fault.Throttle();

        // The first refresh is due after 5 min; from then on it is tried with growing waits.
        var end = app.Time.GetUtcNow() + TimeSpan.FromMinutes(15);
        await app.UntilAsync(
            () =>
            {
                Assert.Equal("one", app.Provider.Current.Reveal());
                return app.Time.GetUtcNow() >= end;
            },
            TimeSpan.FromSeconds(1));

        // Three attempts a refresh, and the waits between refreshes double from 1 s with full jitter.
        Assert.InRange(app.Server.Calls.Count, 3, 120);
        app.Server.Faults = _ => null;
        await app.UntilAsync(() => app.Provider.Current.Reveal() == "two", TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("5xx", BackendFailure.Unavailable)]
    [InlineData("malformed", BackendFailure.InvalidContent)]
    [InlineData("truncated", null)]
    [InlineData("slow body", BackendFailure.Unavailable)]
    [InlineData("silence", BackendFailure.Unavailable)]
    [InlineData("reset", BackendFailure.Unavailable)]
    [InlineData("denied", BackendFailure.AccessDenied)]
    [InlineData("key denied", BackendFailure.AccessDenied)]
    [InlineData("expired session", BackendFailure.AccessDenied)]
    [InlineData("gone", BackendFailure.NotFound)]
    public async Task The_app_serves_the_last_good_set_through_a_fault_and_goes_on_after_it(string fault, BackendFailure? failure)
    {
        await using var app = await AppFixture.StartAsync(options => options.DefaultClientConfig.MaxStaleConnectionRetries = 0);
        Assert.Equal("one", (await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken)).Reveal());
        app.Put("two");
        app.Server.Faults = call => fault switch
        {
            "5xx" => Fault.Error("InternalServiceError", status: 500),
            "malformed" => Fault.Malformed,
            "truncated" => Fault.Truncated,
            "slow body" => Fault.SlowBody,
            "silence" => Fault.Silence,
            "reset" => Fault.Reset,
            "denied" => Fault.Error("AccessDeniedException"),
            "key denied" => call.Operation == "GetSecretValue" ? Fault.Error("DecryptionFailure") : null,
            "expired session" => Fault.Error("ExpiredTokenException"),
            _ => Fault.Error("ResourceNotFoundException"),
        };

        var error = await app.RefreshAsync();

        Assert.NotNull(error);
        Assert.Equal(failure ?? error.Failure, error.Failure);
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
        Assert.Equal("one", app.Provider.Current.Reveal());

        app.Server.Faults = _ => null;
        Assert.Null(await app.RefreshAsync());
        Assert.Equal("two", app.Provider.Current.Reveal());
    }

    [Fact]
    public async Task A_secret_that_is_deleted_stays_in_use_until_it_is_restored_or_replaced()
    {
        await using var app = await AppFixture.StartAsync();
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        app.Server.Do("DeleteSecret", new { AppFixture.SecretId });

        Assert.Equal(BackendFailure.NotFound, (await app.RefreshAsync())?.Failure);
        Assert.Equal("one", app.Provider.Current.Reveal());

        app.Server.Do("RestoreSecret", new { AppFixture.SecretId });
        Assert.Null(await app.RefreshAsync());
    }

    [Fact]
    public async Task A_credential_source_that_goes_down_does_not_disturb_the_app()
    {
        var credentials = new SwitchedCredentials();
        await using var app = await AppFixture.StartAsync(options => options.Credentials = credentials);
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);

        credentials.IsDown = true;
        Assert.Equal(BackendFailure.Unavailable, (await app.RefreshAsync())?.Failure);
        Assert.Equal("one", app.Provider.Current.Reveal());

        credentials.IsDown = false;
        Assert.Null(await app.RefreshAsync());
    }

    [Fact]
    public async Task Ten_thousand_callers_at_start_cost_one_load()
    {
        await using var app = await AppFixture.StartAsync();

        var callers = Enumerable.Range(0, 10_000).Select(_ => app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.All(await Task.WhenAll(callers), credential => Assert.Equal("one", credential.Reveal()));
        Assert.Equal("DescribeSecret 1, GetSecretValue 1", app.Server.Counts());
    }

    [Fact]
    public async Task A_hundred_thousand_rejections_cost_one_call_in_ten_seconds()
    {
        await using var app = await AppFixture.StartAsync();
        var credential = await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        app.Server.Calls.Clear();

        Parallel.For(0, 100_000, _ => app.Provider.Report(credential, CredentialOutcome.Rejected));
        await app.UntilAsync(() => !app.Server.Calls.IsEmpty, TimeSpan.Zero);
        Assert.Equal("DescribeSecret 1", app.Server.Counts());

        // The second storm begins after the refresh of the first has landed: a refresh under way would put its own off.
        await app.Provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        app.Server.Calls.Clear();
        app.Time.Advance(TimeSpan.FromSeconds(11));
        Parallel.For(0, 100_000, _ => app.Provider.Report(credential, CredentialOutcome.Rejected));
        await app.UntilAsync(() => !app.Server.Calls.IsEmpty, TimeSpan.Zero);
        Assert.Equal("DescribeSecret 1", app.Server.Counts());
    }

    [Fact]
    public async Task A_pending_version_is_known_before_it_is_finished_so_the_finish_needs_no_value()
    {
        await using var app = await AppFixture.StartAsync();
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        var one = app.Server.Secret(AppFixture.SecretId).Versions[0].Id;
        var two = app.Server.Do("PutSecretValue", new { AppFixture.SecretId, SecretString = "two", VersionStages = new[] { "AWSPENDING" } })["VersionId"]!.GetValue<string>();
        Assert.Null(await app.RefreshAsync());
        Assert.Equal(("one", "two"), (app.Provider.Current.Reveal(), Assert.Single(app.Provider.Credentials.Pending).Reveal()));

        app.Server.Calls.Clear();
        Finish(app, one, two);
        Assert.Null(await app.RefreshAsync());

        Assert.Equal(("two", "one"), (app.Provider.Current.Reveal(), Assert.Single(app.Provider.Credentials.Previous).Reveal()));
        Assert.Equal("DescribeSecret 1", app.Server.Counts());
    }

    private static async Task<string> RotateAsync(AppFixture app, OtherSide otherSide, string old, string value, bool rollBack)
    {
        // 1: create the pending version. 2: set it at the other side. 3: test it. 4: finish.
        var fresh = app.Server.Do("PutSecretValue", new { AppFixture.SecretId, SecretString = value, VersionStages = new[] { "AWSPENDING" } })["VersionId"]!.GetValue<string>();
        var before = app.Provider.Current.Reveal();
        otherSide.Accept(value);
        Finish(app, old, fresh);
        await SeenAsync(app, fresh);
        if (rollBack)
        {
            Finish(app, fresh, old);
            await SeenAsync(app, old);
            otherSide.Refuse(value);
            return old;
        }

        otherSide.Refuse(before);
        return fresh;
    }

    private static void Finish(AppFixture app, string from, string to) =>
        app.Server.Do("UpdateSecretVersionStage", new { AppFixture.SecretId, VersionStage = "AWSCURRENT", RemoveFromVersionId = from, MoveToVersionId = to });

    // The app sees it at its own next refresh, within 5 min and jitter of its own time.
    private static Task SeenAsync(AppFixture app, string versionId) =>
        app.UntilAsync(() => app.Provider.Current.VersionId == versionId, TimeSpan.FromSeconds(30));

    private sealed class SwitchedCredentials : AWSCredentials
    {
        public volatile bool IsDown;

        public override ImmutableCredentials GetCredentials() => IsDown
            ? throw new AmazonServiceException("Unable to reach credentials server")
            : new ImmutableCredentials(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity.SecretKey, token: null);

        public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.FromResult(GetCredentials());
    }
}

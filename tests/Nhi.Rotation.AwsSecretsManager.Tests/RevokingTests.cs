using System.Text;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>All labels leave a version on somebody's explicit call, and never else.</summary>
public sealed class RevokingTests : IAsyncLifetime
{
    private const string Name = "prod/key";

    private BackendFixture _aws = null!;
    private string _old = null!;
    private string _young = null!;

    public async ValueTask InitializeAsync()
    {
        _aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0);
        _aws.Server.Do("CreateSecret", new { Name, SecretString = Fault.Canary });
        _old = Version(0);
        _aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "two" });
        _young = Version(1);
    }

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    [Fact]
    public async Task A_version_without_labels_is_listed_no_more_and_can_still_be_read_by_its_id()
    {
        Label(_old, "blue");

        await RevokeAsync(_old);

        Assert.Equal("DescribeSecret 1, UpdateSecretVersionStage 2", _aws.Server.Counts());
        Assert.Equal("Current=two", (await _aws.ListAsync(Name)).Summary());
        Assert.Empty(_aws.Server.Secret(Name).Find(_old)!.Labels);
        Assert.Equal(Fault.Canary, _aws.Server.Do("GetSecretValue", new { SecretId = Name, VersionId = _old })["SecretString"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_current_version_is_refused_before_any_label_of_it_is_gone()
    {
        Label(_young, "AWSPENDING");
        Label(_young, "blue");

        var error = await FailAsync(_young);

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Equal(
            $"Credential 'cred': version '{_young}' of secret '{Name}' is AWSCURRENT, a label that AWS Secrets Manager in eu-west-1 only moves to another version. "
            + "Store a new value first (aws secretsmanager put-secret-value), then end this version. It has all its labels still.",
            error.Message);
        Assert.Equal(["AWSCURRENT", "AWSPENDING", "blue"], _aws.Server.Secret(Name).Find(_young)!.Labels.Order(StringComparer.Ordinal));
        Assert.Equal("DescribeSecret 1", _aws.Server.Counts());
    }

    [Theory]
    [InlineData("AccessDeniedException", BackendFailure.AccessDenied, "refused secretsmanager:UpdateSecretVersionStage on secret 'prod/key'", "Grant secretsmanager:UpdateSecretVersionStage")]
    [InlineData("ThrottlingException", BackendFailure.Throttled, "asked for fewer requests", "request quota")]
    [InlineData("InvalidParameterException", BackendFailure.Misconfigured, "as invalid", "spelt right")]
    public async Task What_fails_is_told_and_carries_no_value(string type, BackendFailure failure, string cause, string fix)
    {
        _aws.Server.Faults = call => call.Operation == "UpdateSecretVersionStage" ? Fault.Error(type) : null;

        var error = await FailAsync(_old);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, error + Logged(), StringComparison.Ordinal);
        Assert.Equal(["AWSPREVIOUS"], _aws.Server.Secret(Name).Find(_old)!.Labels);
    }

    [Fact]
    public async Task Whoever_may_not_describe_the_secret_is_told_that_action()
    {
        _aws.Server.Faults = call => call.Operation == "DescribeSecret" ? Fault.Error("AccessDeniedException") : null;

        Assert.StartsWith("Grant secretsmanager:DescribeSecret", (await FailAsync(_old)).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_failed_half_way_is_ended_by_the_next_call()
    {
        Label(_old, "blue");
        var calls = 0;
        _aws.Server.Faults = call => call.Operation == "UpdateSecretVersionStage" && ++calls == 2 ? Fault.Error("InternalServiceError", status: 500) : null;
        Assert.Equal(BackendFailure.Unavailable, (await FailAsync(_old)).Failure);
        Assert.Single(_aws.Server.Secret(Name).Find(_old)!.Labels);

        await RevokeAsync(_old);

        Assert.Empty(_aws.Server.Secret(Name).Find(_old)!.Labels);
    }

    [Fact]
    public async Task A_label_that_a_rotation_takes_elsewhere_meanwhile_is_no_error()
    {
        Label(_old, "blue");
        _aws.Server.Faults = call =>
        {
            if (call.Operation == "UpdateSecretVersionStage")
            {
                _aws.Server.Faults = _ => null;
                _aws.Server.Do("PutSecretValue", new { SecretId = Name, SecretString = "three" });
            }

            return null;
        };

        await RevokeAsync(_old);

        Assert.Equal("DescribeSecret 2, UpdateSecretVersionStage 2", _aws.Server.Counts());
        Assert.Equal("Previous=two, Current=three", (await _aws.ListAsync(Name)).Summary());
        Assert.Empty(_aws.Server.Secret(Name).Find(_old)!.Labels);
    }

    [Fact]
    public async Task One_that_became_current_meanwhile_is_the_error_of_a_current_one()
    {
        _aws.Server.Faults = call =>
        {
            if (call.Operation == "UpdateSecretVersionStage")
            {
                _aws.Server.Faults = _ => null;
                _aws.Server.Do("UpdateSecretVersionStage", new { SecretId = Name, VersionStage = "AWSCURRENT", MoveToVersionId = _old, RemoveFromVersionId = _young });
            }

            return null;
        };

        Assert.Contains("is AWSCURRENT", (await FailAsync(_old)).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_or_is_unknown_costs_a_look_and_is_no_error()
    {
        await RevokeAsync(_old);
        _aws.Server.Calls.Clear();

        await RevokeAsync(_old);
        await RevokeAsync("00000000-0000-0000-0000-000000000000");
        await RevokeAsync(_old, "prod/other");

        Assert.Equal("DescribeSecret 3", _aws.Server.Counts());
    }

    [Fact]
    public async Task A_secret_that_is_to_be_deleted_is_an_error()
    {
        _aws.Server.Do("DeleteSecret", new { SecretId = Name });

        Assert.Contains("scheduled for deletion", (await FailAsync(_old)).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_the_apps_own_that_only_reads_says_so()
    {
        var backend = new AwsSecretsManagerBackend(_ => new OnlyReads(_old), _aws.Logger);

        var error = await Assert.ThrowsAsync<BackendException>(async () => await backend.RevokeAsync(new BackendRevocation("cred", Name, _old), TestContext.Current.CancellationToken));

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("Implement ISecretsManagerClient.UpdateSecretVersionStageAsync", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_takes_no_label_by_itself()
    {
        await using var app = await AppFixture.StartAsync();
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        app.Put("two");
        app.Put("three");
        Assert.Null(await app.RefreshAsync());
        await app.Provider.RevokeAsync(app.Server.Secret(AppFixture.SecretId).Versions[1].Id, "leaked", TestContext.Current.CancellationToken);

        Assert.False(((IBackendRevoker)_aws.Backend).OwnsVersions);
        Assert.DoesNotContain("UpdateSecretVersionStage", app.Server.Counts(), StringComparison.Ordinal);
    }

    private string Version(int index) => _aws.Server.Secret(Name).Versions[index].Id;

    private void Label(string version, string label) => _aws.Server.Do("UpdateSecretVersionStage", new { SecretId = Name, VersionStage = label, MoveToVersionId = version });

    private async Task RevokeAsync(string version, string key = Name) =>
        await _aws.Backend.RevokeAsync(new BackendRevocation("cred", key, version), TestContext.Current.CancellationToken);

    private Task<BackendException> FailAsync(string version) => Assert.ThrowsAsync<BackendException>(() => RevokeAsync(version));

    private string Logged() => _aws.Logger.Collector.GetSnapshot().Aggregate(new StringBuilder(), (text, record) => text.AppendLine(record.Message)).ToString();

    private sealed class OnlyReads(string version) : ISecretsManagerClient
    {
        public string Where => "eu-west-1";

        public Task<SecretDescription> DescribeSecretAsync(string secretId, CancellationToken ct) =>
            Task.FromResult(new SecretDescription("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-abcdef") { VersionIdsToStages = new Dictionary<string, List<string>> { [version] = ["AWSPREVIOUS"] } });

        public Task<SecretVersionValue> GetSecretValueAsync(string secretId, string versionId, CancellationToken ct) => throw new NotSupportedException(Fault.Canary);

        public Task<IReadOnlyList<SecretVersionValue>> BatchGetSecretValueAsync(IReadOnlyList<string> secretIds, CancellationToken ct) => throw new NotSupportedException(Fault.Canary);
    }
}

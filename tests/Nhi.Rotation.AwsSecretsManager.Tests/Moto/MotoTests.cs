using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Moto;

/// <summary>Secrets Manager as somebody else's server has it.</summary>
public sealed class MotoTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotation_goes_through_its_stages()
    {
        moto.Need();
        var (first, arn) = await CreateAsync("prod/stages", "one");
        using var app = await StartAsync(("name", "prod/stages"), ("arn", arn), ("partial", arn[..arn.LastIndexOf('-')]));
        Assert.All((string[])["name", "arn", "partial"], name => Assert.Equal((first, "one"), Shown(Of(app, name).Current)));

        var second = await StageAsync("prod/stages", "two");
        await RefreshAsync(app, "arn");
        var staged = Of(app, "arn").Credentials;
        Assert.Equal((first, second), (staged.Current!.VersionId, Assert.Single(staged.Pending).VersionId));

        await PromoteAsync("prod/stages", first, second);
        await RefreshAsync(app, "arn");
        var rotated = Of(app, "arn").Credentials;
        Assert.Equal(((second, "two"), (first, "one")), (Shown(rotated.Current!), Shown(Assert.Single(rotated.Previous))));

        // The second rotation takes the last label from the first version.
        await PromoteAsync("prod/stages", second, await StageAsync("prod/stages", "three"));
        await RefreshAsync(app, "arn");
        Assert.Equal(("three", second), (Of(app, "arn").Current.Reveal(), Assert.Single(Of(app, "arn").Credentials.Previous).VersionId));
    }

    [Fact]
    public async Task What_is_asked_for_many_secrets_in_one_batch_is_a_text_a_field_or_bytes()
    {
        moto.Need();
        await CreateAsync("prod/text", new string('x', 65_536));
        await CreateAsync("prod/field", """{"username":"app","password":"from-a-field"}""");
        await moto.DoAsync("secretsmanager.CreateSecret", new { Name = "prod/bytes", SecretBinary = Convert.ToBase64String([0xff, 0x00, 0xfe, 1, 2, 3, 4, 5]) });

        using var app = await StartAsync(("text", "prod/text"), ("field", "prod/field"), ("bytes", "prod/bytes"));

        Assert.Equal(65_536, Of(app, "text").Current.Reveal().Length);
        Assert.Equal("from-a-field", Of(app, "field").Current.Reveal());
        Assert.Equal([0xff, 0x00, 0xfe, 1, 2, 3, 4, 5], Of(app, "bytes").Current.RevealBytes().ToArray());
    }

    [Fact]
    public async Task A_version_that_is_ended_in_the_store_loses_its_labels_and_another_process_lets_go_of_it()
    {
        moto.Need();
        var (first, _) = await CreateAsync("prod/ended", "one");
        var second = await StageAsync("prod/ended", "two");
        await PromoteAsync("prod/ended", first, second);
        using var app = await StartAsync(("cred", "prod/ended"));
        using var other = await StartAsync(("cred", "prod/ended"));
        Assert.Equal(first, Assert.Single(Of(other, "cred").Credentials.Previous).VersionId);

        Assert.True(await app.Services.GetRequiredService<IStoreRevoker>().RevokeAsync("cred", first, "leaked", ct: Ct));
        await RefreshAsync(other, "cred");

        Assert.Equal($"AWSCURRENT AWSPENDING {second}", await LabelsAsync("prod/ended"));
        Assert.All((IHost[])[app, other], host => Assert.Equal((second, 0), (Of(host, "cred").Current.VersionId, Of(host, "cred").Credentials.Previous.Count)));
    }

    [Fact]
    public async Task The_current_version_keeps_all_its_labels()
    {
        moto.Need();
        var (first, _) = await CreateAsync("prod/current", "one");
        var second = await StageAsync("prod/current", "two");
        await PromoteAsync("prod/current", first, second);
        using var app = await StartAsync(("cred", "prod/current"));

        var error = await Assert.ThrowsAsync<BackendException>(async () => await app.Services.GetRequiredService<IStoreRevoker>().RevokeAsync("cred", second, "leaked", ct: Ct));

        Assert.Contains("is AWSCURRENT", error.Message, StringComparison.Ordinal);
        Assert.Equal($"AWSCURRENT AWSPENDING {second}; AWSPREVIOUS {first}", await LabelsAsync("prod/current"));
        Assert.Equal(first, Of(app, "cred").Current.VersionId);
    }

    [Fact]
    public async Task A_secret_that_is_deleted_keeps_its_last_good_version_and_one_that_is_made_anew_is_another()
    {
        moto.Need();
        await CreateAsync("prod/anew", "one");
        using var app = await StartAsync(("cred", "prod/anew"));

        await moto.DoAsync("secretsmanager.DeleteSecret", new { SecretId = "prod/anew", RecoveryWindowInDays = 7 });
        Assert.Contains("is scheduled for deletion", (await Assert.ThrowsAsync<BackendException>(() => RefreshAsync(app, "cred"))).Message, StringComparison.Ordinal);
        await moto.DoAsync("secretsmanager.DeleteSecret", new { SecretId = "prod/anew", ForceDeleteWithoutRecovery = true });
        Assert.Contains("has no secret 'prod/anew'", (await Assert.ThrowsAsync<BackendException>(() => RefreshAsync(app, "cred"))).Message, StringComparison.Ordinal);
        Assert.Equal("one", Of(app, "cred").Current.Reveal());

        var (anew, _) = await CreateAsync("prod/anew", "two");
        await RefreshAsync(app, "cred");
        Assert.Equal((anew, "two"), Shown(Of(app, "cred").Current));
    }

    [Fact]
    public async Task An_event_in_the_queue_brings_the_new_version_and_everything_in_the_queue_is_deleted()
    {
        moto.Need();
        var (first, arn) = await CreateAsync("prod/event", "one");
        var queue = await moto.MakeQueueAsync("events");
        using var app = await StartAsync([("cred", "prod/event")], credentials => credentials.ListenToSecretsManagerEvents(queue, o => o.Aws = moto.Options()));

        await PromoteAsync("prod/event", first, await StageAsync("prod/event", "two"));
        await moto.SendAsync(queue, "not JSON");
        var moved = new JsonObject { ["id"] = "7bf73129", ["source"] = "aws.secretsmanager", ["detail-type"] = "Secret Label Updated", ["resources"] = new JsonArray(arn), ["detail"] = new JsonObject { ["secretArn"] = arn, ["versionLabel"] = "AWSCURRENT" } };
        await moto.SendAsync(queue, moved.ToJsonString());
        await moto.SendAsync(queue, moved.ToJsonString());

        await Eventually.TrueAsync(() => Of(app, "cred").Current.Reveal() == "two");
        await Eventually.TrueAsync(() => moto.IsEmptyAsync(queue));
        await app.StopAsync(Ct);
    }

    private Task<IHost> StartAsync(params (string Name, string SecretId)[] secrets) => StartAsync(secrets, static _ => { });

    private async Task<IHost> StartAsync((string Name, string SecretId)[] secrets, Action<RotatingCredentialsBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var credentials = builder.Services.AddRotatingCredentials();
        var aws = moto.Options();
        foreach (var (name, secretId) in secrets)
        {
            credentials.AddCredential(name, c => c
                .FromAwsSecretsManager(secretId, o => (o.Aws, o.JsonField) = (aws, name == "field" ? "password" : null))
                .Configure(static options => (options.MinimumLength, options.AcceptAnyValue) = (1, true)));
        }

        configure(credentials);
        var app = builder.Build();
        await app.StartAsync(Ct);
        return app;
    }

    private static IRotatingCredentialProvider Of(IHost app, string name) => app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name);

    private static Task RefreshAsync(IHost app, string name) => Of(app, name).RefreshAsync(RefreshReason.Requested, Ct).AsTask();

    private static (string VersionId, string Value) Shown(Credential credential) => (credential.VersionId, credential.Reveal());

    private async Task<(string VersionId, string Arn)> CreateAsync(string name, string value)
    {
        var made = await moto.DoAsync("secretsmanager.CreateSecret", new { Name = name, SecretString = value });
        return (made["VersionId"]!.GetValue<string>(), made["ARN"]!.GetValue<string>());
    }

    private async Task<string> StageAsync(string secretId, string value)
    {
        var staged = await moto.DoAsync("secretsmanager.PutSecretValue", new { SecretId = secretId, SecretString = value, ClientRequestToken = Guid.NewGuid().ToString(), VersionStages = (string[])["AWSPENDING"] });
        return staged["VersionId"]!.GetValue<string>();
    }

    // What a rotation function does last.
    private Task PromoteAsync(string secretId, string from, string to) =>
        moto.DoAsync("secretsmanager.UpdateSecretVersionStage", new { SecretId = secretId, VersionStage = "AWSCURRENT", RemoveFromVersionId = from, MoveToVersionId = to });

    private async Task<string> LabelsAsync(string secretId)
    {
        var stages = (await moto.DoAsync("secretsmanager.DescribeSecret", new { SecretId = secretId }))["VersionIdsToStages"]!.Deserialize<Dictionary<string, string[]>>()!;
        return string.Join("; ", stages.Where(static one => one.Value.Length > 0).Select(static one => $"{string.Join(' ', one.Value.Order(StringComparer.Ordinal))} {one.Key}").Order(StringComparer.Ordinal));
    }
}

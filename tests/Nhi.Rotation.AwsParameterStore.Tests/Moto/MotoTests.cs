using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Tests.Moto;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AwsParameterStore.Tests.Moto;

/// <summary>Parameter Store as somebody else's server has it.</summary>
public sealed class MotoTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_labels_the_newest_is_presented_and_a_label_moves_it_to_any_version_of_a_long_history()
    {
        moto.Need();
        await PutAsync("/prod/history", "value-1");
        using var app = await StartAsync("/prod/history");
        Assert.Equal("value-1", Of(app).Current.Reveal());

        // Two pages of the history.
        for (var i = 2; i <= 52; i++)
        {
            await PutAsync("/prod/history", $"value-{i}");
        }

        await Of(app).RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(("value-52", "49 50 51"), (Of(app).Current.Reveal(), Previous(app)));

        await LabelAsync("/prod/history", 7, "current");
        await LabelAsync("/prod/history", 52, "pending");
        await Of(app).RefreshAsync(RefreshReason.Requested, Ct);
        await Eventually.TrueAsync(() => Of(app).Current.Reveal() == "value-7");
        Assert.Equal(("6", "52"), (Previous(app), Numbers(Of(app).Credentials.Pending)));

        await LabelAsync("/prod/history", 52, "current");
        await LabelAsync("/prod/history", 7, "previous");
        await Of(app).RefreshAsync(RefreshReason.Requested, Ct);
        await Eventually.TrueAsync(() => Of(app).Current.Reveal() == "value-52");
        Assert.Equal("7", Previous(app));
    }

    [Fact]
    public async Task A_version_that_is_ended_in_the_store_is_labelled_and_revoked_in_another_process()
    {
        moto.Need();
        await PutAsync("/prod/ended", "value-1");
        await PutAsync("/prod/ended", "value-2");
        using var app = await StartAsync("/prod/ended");
        using var other = await StartAsync("/prod/ended");

        Assert.True(await app.Services.GetRequiredService<IStoreRevoker>().RevokeAsync("cred", Of(app).Current.VersionId, "leaked", ct: Ct));
        await Of(other).RefreshAsync(RefreshReason.Requested, Ct);

        var history = (await moto.DoAsync("AmazonSSM.GetParameterHistory", new { Name = "/prod/ended" }))["Parameters"]!.AsArray();
        Assert.Equal(["", "revoked-2"], history.Select(static version => string.Join(' ', version!["Labels"]!.AsArray().Select(static label => label!.GetValue<string>()))));
        Assert.All((IHost[])[app, other], host => Assert.Equal(("value-1", ""), (Of(host).Current.Reveal(), Previous(host))));
    }

    [Fact]
    public async Task A_parameter_that_is_deleted_keeps_its_last_good_version_and_one_that_is_made_anew_is_another()
    {
        moto.Need();
        await PutAsync("/prod/anew", "value-1");
        using var app = await StartAsync("/prod/anew");
        var old = Of(app).Current.VersionId;

        await moto.DoAsync("AmazonSSM.DeleteParameter", new { Name = "/prod/anew" });
        Assert.Contains("has no parameter '/prod/anew'", (await Assert.ThrowsAsync<BackendException>(async () => await Of(app).RefreshAsync(RefreshReason.Requested, Ct))).Message, StringComparison.Ordinal);
        Assert.Equal("value-1", Of(app).Current.Reveal());

        await PutAsync("/prod/anew", "value-2");
        await Of(app).RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("value-2", Of(app).Current.Reveal());
        Assert.NotEqual(old, Of(app).Current.VersionId);
    }

    [Fact]
    public async Task An_event_in_the_queue_brings_the_new_version_and_everything_in_the_queue_is_deleted()
    {
        moto.Need();
        await PutAsync("/prod/event", "value-1");
        var queue = await moto.MakeQueueAsync("parameters");
        using var app = await StartAsync("/prod/event", credentials => credentials.ListenToParameterStoreEvents(queue, moto.Options()));

        await PutAsync("/prod/event", "value-2");
        await moto.SendAsync(queue, "not JSON");
        await moto.SendAsync(queue, new JsonObject { ["id"] = "6a7e8feb", ["source"] = "aws.ssm", ["detail-type"] = "Parameter Store Change", ["detail"] = new JsonObject { ["operation"] = "Update", ["name"] = "/prod/event", ["type"] = "SecureString" } }.ToJsonString());

        await Eventually.TrueAsync(() => Of(app).Current.Reveal() == "value-2");
        await Eventually.TrueAsync(() => moto.IsEmptyAsync(queue));
        await app.StopAsync(Ct);
    }

    private async Task<IHost> StartAsync(string parameter, Action<RotatingCredentialsBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var credentials = builder.Services.AddRotatingCredentials().AddCredential("cred", c => c
            .FromAwsParameterStore(parameter, o => o.Aws = moto.Options())
            .Configure(static options => options.MinimumLength = 1));
        configure?.Invoke(credentials);
        var app = builder.Build();
        await app.StartAsync(Ct);
        return app;
    }

    private static IRotatingCredentialProvider Of(IHost app) => app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");

    private static string Previous(IHost app) => Numbers(Of(app).Credentials.Previous);

    private static string Numbers(IEnumerable<Credential> versions) => string.Join(' ', versions.Select(static version => int.Parse(version.VersionId.Split('-')[0], CultureInfo.InvariantCulture)).Order());

    private Task PutAsync(string name, string value) => moto.DoAsync("AmazonSSM.PutParameter", new { Name = name, Value = value, Type = "SecureString", Overwrite = true });

    private Task LabelAsync(string name, int version, string label) => moto.DoAsync("AmazonSSM.LabelParameterVersion", new { Name = name, ParameterVersion = version, Labels = (string[])[label] });
}

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The tag <c>revoked</c> of a secret, which names versions, from the service to the app.</summary>
public sealed class RevokedTagTests
{
    [Fact]
    public async Task A_version_that_the_tag_names_is_presented_by_nobody_though_it_is_AWSCURRENT()
    {
        await using var app = await AppFixture.StartAsync();
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        var leaked = app.Put("two");
        Assert.Null(await app.RefreshAsync());
        Assert.Equal("two", app.Provider.Current.Reveal());

        Tag(app, leaked);
        Assert.Null(await app.RefreshAsync());

        Assert.Equal("one", app.Provider.Current.Reveal());
        await using var restarted = AppFixture.Restart(app);
        Assert.Equal("one", (await restarted.Provider.GetCurrentAsync(TestContext.Current.CancellationToken)).Reveal());
    }

    [Fact]
    public async Task The_value_is_known_again_under_another_id_as_long_as_its_version_has_a_label()
    {
        await using var app = await AppFixture.StartAsync();
        var leaked = app.Server.Secret(AppFixture.SecretId).Versions[0].Id;
        app.Put("two");
        app.Put("three");
        Tag(app, $"  {leaked}  not-an-id");
        app.Server.Do("UpdateSecretVersionStage", new { AppFixture.SecretId, VersionStage = "leaked", MoveToVersionId = leaked });
        app.Put("one");

        var provider = app.Provider;
        await provider.GetCurrentAsync(TestContext.Current.CancellationToken);

        Assert.Equal("three", provider.Current.Reveal());
    }

    [Fact]
    public async Task A_version_without_a_label_is_not_fetched_however_often_the_tag_is_read()
    {
        await using var app = await AppFixture.StartAsync();
        var leaked = app.Server.Secret(AppFixture.SecretId).Versions[0].Id;
        app.Put("two");
        app.Put("three");
        Tag(app, leaked);
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        app.Server.Calls.Clear();

        Assert.Null(await app.RefreshAsync());

        Assert.Equal("DescribeSecret", Assert.Single(app.Server.Calls).Operation);
        Assert.Equal("three", app.Provider.Current.Reveal());
    }

    private static void Tag(AppFixture app, string versions) =>
        app.Server.Do("TagResource", new { AppFixture.SecretId, Tags = new[] { new { Key = "revoked", Value = versions } } });
}

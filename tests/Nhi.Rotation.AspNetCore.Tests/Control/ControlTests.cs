using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore.Tests.Status;

namespace Nhi.Rotation.AspNetCore.Tests.Control;

/// <summary>Operators refresh and revoke; nobody else does, and what was done says who and why.</summary>
public sealed class ControlTests
{
    private const string Revoke = """{"credential":"acme","version":"v1","why":"in a public repository"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revocation_is_in_effect_logged_and_in_the_evidence_with_who_and_why()
    {
        await using var app = await StartAsync();

        var (status, body) = await SendAsync(app, "revoke", Revoke);

        Assert.Equal((200, """{"credential":"acme","done":"revoked","version":"v1","isKnown":true}"""), (status, body));
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("acme");
        Assert.False(provider.Match(Encoding.UTF8.GetBytes(LookApp.Key)).IsAccepted);
        var line = Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 481);
        Assert.Equal((LogLevel.Warning, "Credential 'acme': maria at 127.0.0.1 revoked version 'v1'. Why: in a public repository"), (line.Level, line.Message));
        Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 106 && entry.Message.Contains("in a public repository (by maria)", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Message.Contains(LookApp.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_value_itself_in_place_of_an_id_revokes_its_version_and_is_told_to_nobody()
    {
        await using var app = await StartAsync();

        var (status, body) = await SendAsync(app, "revoke", $$"""{"credential":"acme","version":"{{LookApp.Key}}","why":"leaked"}""");

        Assert.Equal((200, """{"credential":"acme","done":"revoked","version":"v1","isKnown":true}"""), (status, body));
        Assert.False(app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("acme").Match(Encoding.UTF8.GetBytes(LookApp.Key)).IsAccepted);
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => $"{entry.Message} {string.Join(' ', entry.StructuredState?.Select(pair => pair.Value) ?? [])}".Contains(LookApp.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_that_was_not_seen_yet_is_revoked_and_the_answer_says_so()
    {
        await using var app = await StartAsync();

        var (status, body) = await SendAsync(app, "revoke", """{"credential":"acme","version":"v9","why":"leaked"}""");

        Assert.Equal((200, """{"credential":"acme","done":"revoked","version":"v9","isKnown":false,"current":"v1"}"""), (status, body));
    }

    [Fact]
    public async Task A_refresh_asks_the_store_and_is_logged()
    {
        await using var app = await StartAsync();

        Assert.Equal((200, """{"credential":"acme","done":"refreshed","current":"v1"}"""), await SendAsync(app, "refresh", """{"credential":"acme","why":"rotated by hand"}"""));
        Assert.Equal(200, (await SendAsync(app, "refresh", """{"credential":"acme"}""")).Status);

        Assert.Equal(
            ["Credential 'acme': maria at 127.0.0.1 asked for a refresh. Why: rotated by hand", "Credential 'acme': maria at 127.0.0.1 asked for a refresh. Why: not said"],
            app.Log.GetSnapshot().Where(entry => entry.Id.Id == 480).Select(entry => entry.Message));
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData(null, LookApp.Key, 403)]
    [InlineData("maria", LookApp.Key, 403)]
    [InlineData("joe", null, 403)]
    [InlineData("maria", null, 200)]
    public async Task It_is_for_whom_the_policy_admits_and_for_no_api_key(string? user, string? key, int status)
    {
        await using var app = await StartAsync();

        Assert.Equal((status, status), ((await SendAsync(app, "refresh", """{"credential":"acme"}""", user, key)).Status, (await SendAsync(app, "revoke", Revoke, user, key)).Status));
    }

    [Fact]
    public async Task Nothing_that_is_said_of_it_or_of_its_group_opens_it()
    {
        await using var own = await StartAsync(app => app.MapRotationControl("/control", "operators").AllowAnonymous());
        await using var group = await StartAsync(app => app.MapGroup("/").AllowAnonymous().MapRotationControl("/control", "operators"));

        Assert.Equal((401, 401), ((await SendAsync(own, "revoke", Revoke, user: null)).Status, (await SendAsync(group, "revoke", Revoke, user: null)).Status));
        Assert.Equal((403, 403), ((await SendAsync(own, "revoke", Revoke, user: null, key: LookApp.Key)).Status, (await SendAsync(group, "revoke", Revoke, user: null, key: LookApp.Key)).Status));
    }

    [Theory]
    [InlineData("text/plain", null, 403)]
    [InlineData("application/x-www-form-urlencoded", null, 403)]
    [InlineData("application/json", "cross-site", 403)]
    [InlineData("application/json", "same-site", 403)]
    [InlineData("application/json", "same-origin", 200)]
    [InlineData("application/json; charset=utf-8", "none", 200)]
    public async Task No_other_site_can_send_a_request_with_an_operators_cookie(string type, string? site, int status)
    {
        await using var app = await StartAsync();

        Assert.Equal(status, (await SendAsync(app, "revoke", Revoke, type: type, site: site)).Status);
    }

    [Theory]
    [InlineData("revoke", "{}", 400)]
    [InlineData("revoke", "", 400)]
    [InlineData("revoke", "null", 400)]
    [InlineData("revoke", "nonsense", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v1"}""", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v1","why":" "}""", 400)]
    [InlineData("revoke", """{"credential":"acme","why":"leaked"}""", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v1","why":"two\nlines"}""", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v\n1","why":"leaked"}""", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v1","why":"leaked","force":true}""", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v1","version":"v2","why":"leaked"}""", 400)]
    [InlineData("revoke", """{"credential":"acme","version":"v1","why":"leaked","evenIfLast":true}""", 400)]
    [InlineData("revoke", """{"credential":"acne","version":"v1","why":"leaked"}""", 404)]
    [InlineData("refresh", """{"credential":"acme","evenIfLast":false}""", 400)]
    [InlineData("refresh", """{"credential":"acme","version":"v1"}""", 400)]
    public async Task What_is_not_understood_is_refused_and_nothing_is_done(string action, string body, int status)
    {
        await using var app = await StartAsync();

        Assert.Equal(status, (await SendAsync(app, action, body)).Status);

        Assert.Equal("v1", app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("acme").Credentials.Current?.VersionId);
        Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 482);
    }

    [Fact]
    public async Task A_large_request_is_refused()
    {
        await using var app = await StartAsync();

        Assert.Equal(400, (await SendAsync(app, "revoke", $$"""{"credential":"acme","version":"v1","why":"{{new string('x', 9000)}}"}""")).Status);
        Assert.Equal(400, (await SendAsync(app, "revoke", $$"""{"credential":"acme","version":"v1","why":"{{new string('x', 501)}}"}""")).Status);
        Assert.Equal(200, (await SendAsync(app, "revoke", $$"""{"credential":"acme","version":"v1","why":"{{new string('x', 500)}}"}""")).Status);
    }

    [Fact]
    public async Task Without_its_policy_the_app_does_not_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(app => app.MapRotationControl("/control", "operatros")));
        await using var bare = WebApplication.CreateSlimBuilder().Build();
        var nothing = Assert.Throws<InvalidOperationException>(() => bare.MapRotationControl("/control", "operators"));

        Assert.StartsWith("MapRotationControl(\"/control\"): there is no authorization policy 'operatros'. Add it with", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddRotatingCredentials()", nothing.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => bare.MapRotationControl("/control", " "));
    }

    private static Task<LookApp> StartAsync(Action<IEndpointRouteBuilder>? map = null) => LookApp.StartAsync(
        "Test",
        schemes => schemes.AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Test", null).AddRotatingApiKey(options => options.AddClient("acme")),
        map ?? (app => app.MapRotationControl("/control", "operators")),
        services => services.AddAuthorizationBuilder().AddPolicy("operators", new AuthorizationPolicyBuilder("Test", "ApiKey").RequireAssertion(context => context.User.Identities.Any(identity => identity.Name is "maria" or "acme")).Build()));

    private static async Task<(int Status, string Body)> SendAsync(
        LookApp app, string action, string body, string? user = "maria", string? key = null, string type = "application/json", string? site = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/control/{action}") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.Authorization = user is null ? null : new AuthenticationHeaderValue("Test", user);
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var answer = await app.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}

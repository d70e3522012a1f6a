using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore.Tests.Status;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Control;

/// <summary>Operators end a version in its store, where the app let them, and whom its second policy admits.</summary>
public sealed class StoreControlTests
{
    private const string Route = "revoke-in-store";
    private const string Value = "CANARY-in-the-store-0001";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly FakeCredentialBackend _store = new(TimeProvider.System);

    public StoreControlTests() => _store.Add("stripe", Value);

    [Fact]
    public async Task A_version_is_ended_here_and_in_the_store_and_logged_with_who_and_why()
    {
        await using var app = await StartAsync();
        _store.Add("stripe", "the-second-value-of-it");

        var (status, body) = await SendAsync(app, """{"credential":"stripe","version":"v1","why":"in a public repository"}""");

        Assert.Equal((200, """{"credential":"stripe","done":"revoked in store","version":"v1","isKnown":true,"current":"v2"}"""), (status, body));
        Assert.Equal("v1", Assert.Single(_store.Revocations).VersionId);
        Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 483 && entry.Level == LogLevel.Warning && entry.Message.StartsWith("Credential 'stripe': maria at 127.0.0.1 asked for version 'v1' to be ended in its store", StringComparison.Ordinal));
        Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 138 && entry.Message.Contains("in a public repository (by maria)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_version_is_a_conflict_and_nothing_is_done_until_the_operator_insists()
    {
        await using var app = await StartAsync();

        var (status, body) = await SendAsync(app, """{"credential":"stripe","version":"v1","why":"leaked"}""");

        Assert.Equal(409, status);
        Assert.Contains("or say evenIfLast", body, StringComparison.Ordinal);
        Assert.Empty(_store.Revocations);
        Assert.Equal("v1", app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").Credentials.Current?.VersionId);

        Assert.Equal(
            (200, """{"credential":"stripe","done":"revoked in store","version":"v1","isKnown":true}"""),
            await SendAsync(app, """{"credential":"stripe","version":"v1","why":"leaked","evenIfLast":true}"""));
    }

    [Fact]
    public async Task A_store_that_fails_is_told_with_what_was_done_and_what_was_not()
    {
        await using var app = await StartAsync();
        _store.Add("stripe", "the-second-value-of-it");
        Assert.Equal(
            (200, """{"credential":"stripe","done":"asked of store","version":"typo","isKnown":false,"current":"v2"}"""),
            await SendAsync(app, """{"credential":"stripe","version":"typo","why":"so that v2 is known"}"""));
        _store.FailNext(100, BackendFailure.AccessDenied);

        var (status, body) = await SendAsync(app, """{"credential":"stripe","version":"v1","why":"leaked"}""");

        Assert.Equal(502, status);
        Assert.Contains("is revoked in this process, and may still be valid in its store", body, StringComparison.Ordinal);
        Assert.Contains("Credential 'stripe': ", body, StringComparison.Ordinal);
        Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 482 && entry.Message.Contains("Credential 'stripe': ", StringComparison.Ordinal));
        Assert.DoesNotContain(Value, body, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Message.Contains(Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_value_itself_in_place_of_an_id_ends_its_version_and_is_told_to_nobody()
    {
        await using var app = await StartAsync();
        _store.Add("stripe", "the-second-value-of-it");

        var (status, body) = await SendAsync(app, $$"""{"credential":"stripe","version":"{{Value}}","why":"leaked"}""");

        Assert.Equal((200, """{"credential":"stripe","done":"revoked in store","version":"v1","isKnown":true,"current":"v2"}"""), (status, body));
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => $"{entry.Message} {string.Join(' ', entry.StructuredState?.Select(pair => pair.Value) ?? [])}".Contains(Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData(null, LookApp.Key, 403)]
    [InlineData("joe", null, 403)]
    [InlineData("olga", null, 403)]
    [InlineData("maria", LookApp.Key, 403)]
    [InlineData("maria", null, 409)]
    public async Task It_is_for_whom_its_own_policy_admits_and_for_no_api_key(string? user, string? key, int status)
    {
        await using var app = await StartAsync();
        await using var open = await StartAsync(endpoints => endpoints.MapRotationControl("/control", "operators", "store").AllowAnonymous());

        Assert.Equal(status, (await SendAsync(app, """{"credential":"stripe","version":"v1","why":"leaked"}""", user, key)).Status);
        Assert.Equal(status, (await SendAsync(open, """{"credential":"stripe","version":"v1","why":"leaked"}""", user, key)).Status);
        Assert.Empty(_store.Revocations);
    }

    [Fact]
    public async Task It_is_there_only_where_the_app_named_a_policy_that_exists()
    {
        await using var app = await StartAsync(endpoints => endpoints.MapRotationControl("/control", "operators"));
        Assert.Equal(404, (await SendAsync(app, """{"credential":"stripe","version":"v1","why":"leaked"}""")).Status);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(endpoints => endpoints.MapRotationControl("/control", "operators", "stoer")));
        Assert.Contains("there is no authorization policy 'stoer'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"credential":"stripe","version":"v1"}""")]
    [InlineData("""{"credential":"stripe","version":"v1","why":"leaked","evenIfLast":"yes"}""")]
    [InlineData("""{"credential":"stripe","version":"v1","why":"leaked","evenIflast":true}""")]
    public async Task What_is_not_understood_is_refused_and_nothing_is_done(string body)
    {
        await using var app = await StartAsync();

        Assert.Equal(400, (await SendAsync(app, body)).Status);
        Assert.Empty(_store.Revocations);
    }

    private async Task<LookApp> StartAsync(Action<IEndpointRouteBuilder>? map = null)
    {
        var app = await LookApp.StartAsync(
            "Test",
            schemes => schemes.AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Test", null).AddRotatingApiKey(options => options.AddClient("acme")),
            map ?? (endpoints => endpoints.MapRotationControl("/control", "operators", "store")),
            services =>
            {
                services.AddAuthorizationBuilder().AddPolicy("operators", Named("maria", "olga", "acme")).AddPolicy("store", Named("maria", "acme"));
                services.AddRotatingCredentials().AddCredential("stripe", credential => credential.UseBackend("stripe", _ => _store));
            });
        await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").GetCurrentAsync(Ct);
        return app;
    }

    private static AuthorizationPolicy Named(params string[] names) =>
        new AuthorizationPolicyBuilder("Test", "ApiKey").RequireAssertion(context => context.User.Identities.Any(identity => names.Contains(identity.Name))).Build();

    private static async Task<(int Status, string Body)> SendAsync(LookApp app, string body, string? user = "maria", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/control/{Route}") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        request.Headers.Authorization = user is null ? null : new AuthenticationHeaderValue("Test", user);
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var answer = await app.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}

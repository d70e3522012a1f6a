using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

public sealed class ChallengeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // "Either a key or a token": each scheme of the policy is challenged, and the others set the status as if nothing had been sent.
    [Theory]
    [InlineData("ApiKey,Token")]
    [InlineData("Token,ApiKey")]
    [InlineData("ApiKey,Second,Token")]
    public async Task It_goes_together_with_other_schemes_in_any_order(string schemes)
    {
        await using var app = await ApiKeyApp.StartAsync(
            options => options.AddClient("acme"),
            ["acme"],
            builder => builder.Services.AddAuthentication().AddBearerToken("Token").AddRotatingApiKey("Second", options =>
            {
                options.HeaderName = "X-Second-Key";
                options.AddClient("acme");
            }),
            app => app.MapGet("/either", () => "in").RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = schemes }));

        using var refused = await app.SendAsync(headers => headers.Add("X-Api-Key", ApiKeyApp.Key("acme", 7)), path: "/either");
        using var accepted = await app.SendAsync(headers => headers.Add("X-Api-Key", ApiKeyApp.Key("acme", 1)), path: "/either");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, accepted.StatusCode));
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Ct));
        Assert.Equal("The API key is not valid.", problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Bearer", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("ApiKey", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1")]
    [InlineData("GET", "HTTP/1.0")]
    public async Task It_is_whole_for_every_kind_of_request(string method, string version)
    {
        await using var app = await ApiKeyApp.StartAsync(
            options => options.AddClient("acme"), ["acme"], build: null, app => app.MapMethods("/both", ["GET", "HEAD"], () => "").RequireAuthorization());

        var answer = await RawHttp.SendAsync(app.Address.Port, $"{method} /both {version}\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Equal(method != "HEAD", answer.Contains("An API key is needed in the X-Api-Key header.", StringComparison.Ordinal));
    }

    // RFC 9110, section 11.1: a scheme is a token. What the app calls its own scheme is not.
    [Fact]
    public async Task A_scheme_may_have_any_name()
    {
        await using var app = await ApiKeyApp.StartAsync(options => options.AddClient("acme"), ["acme"], build: null, scheme: "Schlüssel der Partner");

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 7));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("ApiKey", answer.Headers.WwwAuthenticate.ToString());
    }
}

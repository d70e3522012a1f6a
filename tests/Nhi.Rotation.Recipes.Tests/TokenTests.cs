using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>An API that signs tokens with HS256 and takes them again, through rotations of the key.</summary>
public sealed class TokenTests
{
    private const string Issuer = "https://orders.example";
    private const string First = "first-key-of-thirty-two-bytes-or-more";
    private const string Second = "second-key-of-thirty-two-bytes-or-more";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_of_the_key_before_are_taken_until_it_is_revoked_and_new_ones_have_the_new_key()
    {
        await using var app = await StartAsync();
        var tokens = app.Services.GetRequiredService<OrdersTokens>();
        var old = tokens.Sign(Token());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, old));

        await RotateAsync(app, Second);
        var @new = tokens.Sign(Token());

        Assert.Equal(("v1", "v2"), (new JsonWebToken(old).Kid, new JsonWebToken(@new).Kid));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, old));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, @new));
        var ledger = app.Services.GetRequiredService<IRotationLedger>();
        var uses = ledger.GetUses("token-key").Where(use => use is { VersionId: "v1", Consumer: "token-check" }).ToList();
        Assert.True(uses.Sum(use => use.Uses) == 2, string.Join('\n', uses));

        await Key(app).RevokeAsync("v1", "leaked", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, old));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, @new));
    }

    [Fact]
    public async Task A_token_of_another_key_without_a_key_or_with_nonsense_is_refused()
    {
        await using var app = await StartAsync();
        var forged = Token();
        forged.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Second)) { KeyId = "v1" }, SecurityAlgorithms.HmacSha256);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, new JsonWebTokenHandler().CreateToken(forged)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, new JsonWebTokenHandler().CreateToken(Token())));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, "a.b.c"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, "nonsense"));
    }

    private static SecurityTokenDescriptor Token() => new() { Issuer = Issuer, Audience = Issuer, Expires = DateTime.UtcNow.AddMinutes(5) };

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        var store = new FakeCredentialBackend(TimeProvider.System);
        store.Add("token-key", First);
        builder.Services.AddSingleton(store);
        builder.Services.AddRotatingCredentials().AddCredential("token-key", credential => credential.UseBackend("token-key", _ => store));
        OrdersTokens.Add(builder.Services, Issuer);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", static () => Results.Ok()).RequireAuthorization();
        await app.StartAsync(Ct);
        return app;
    }

    private static IRotatingCredentialProvider Key(WebApplication app) => app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("token-key");

    private static async Task RotateAsync(WebApplication app, string value)
    {
        app.Services.GetRequiredService<FakeCredentialBackend>().Add("token-key", value);
        await Key(app).RefreshAsync(RefreshReason.Requested, Ct);
    }

    private static async Task<HttpStatusCode> AskAsync(WebApplication app, string token)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), Ct);
        return response.StatusCode;
    }
}

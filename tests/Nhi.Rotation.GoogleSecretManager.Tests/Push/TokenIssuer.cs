using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.GoogleSecretManager.Tests.Push;

/// <summary>Signs tokens as Google does for push subscriptions, and publishes its public key.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "https://app.example.com/events/google";
    public const string Account = "push@shop.iam.gserviceaccount.com";

    private readonly WebApplication _app;
    private readonly RSA _key = RSA.Create(2048);

    private TokenIssuer(WebApplication app) => _app = app;

    public string CertificatesUrl { get; private set; } = string.Empty;

    /// <summary>Whether the key can be had.</summary>
    public bool IsUp { get; set; } = true;

    public static async Task<TokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var issuer = new TokenIssuer(builder.Build());
        issuer._app.Run(issuer.AnswerAsync);
        await issuer._app.StartAsync();
        issuer.CertificatesUrl = issuer._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/certs/" + Guid.NewGuid().ToString("N");
        return issuer;
    }

    public string Sign(
        string audience = Audience, string account = Account, string issuer = "https://accounts.google.com", bool verified = true, TimeSpan? age = null, RSA? key = null, string algorithm = "RS256")
    {
        var issued = DateTimeOffset.UtcNow - (age ?? TimeSpan.Zero);
        var head = Encode(new { alg = algorithm, kid = "k1", typ = "JWT" });
        var body = Encode(new { aud = audience, azp = "1", email = account, email_verified = verified, iat = issued.ToUnixTimeSeconds(), exp = issued.AddHours(1).ToUnixTimeSeconds(), iss = issuer, sub = "1" });
        var signature = algorithm == "none" ? string.Empty : Base64((key ?? _key).SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return $"{head}.{body}.{signature}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (!IsUp)
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        }

        var parts = _key.ExportParameters(includePrivateParameters: false);
        return context.Response.WriteAsJsonAsync(new { keys = new[] { new { kid = "k1", kty = "RSA", alg = "RS256", use = "sig", n = Base64(parts.Modulus!), e = Base64(parts.Exponent!) } } });
    }

    private static string Encode(object part) => Base64(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(part)));

    private static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}

using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;
using RotatingApi.Features;

namespace RotatingApi;

/// <summary>
/// One of two services that call each other. It has both sides: callers present a rotating API key to it, and it presents one to its peer. Each service has
/// its own copy of the secrets, as two teams would.
/// </summary>
internal static class Service
{
    public const string Orders = "orders";
    public const string Shop = "shop";
    public const string ShopKey = "shop-key";

    /// <summary>The list of what is revoked, beside the secrets.</summary>
    public const string Revocations = "revoked.json";

    /// <summary>The variable with the key of version ids, so that both services name a version alike.</summary>
    public const string FingerprintKey = "ROTATING_API_FINGERPRINT_KEY";

    // Longer than any pause of the demonstration: the side that is late relies on it.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    public static string KeyOf(string client) => $"{client}-key";

    public static async Task<int> RunAsync(string name, Uri address, Uri peerAddress, string secrets)
    {
        var peer = name == Orders ? Shop : Orders;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.AbsoluteUri);

        // The key that we present, and the one that our peer presents to us; those of the other features.
        builder.Services.AddRotatingCredentials()
            .RevocationsFrom(Path.Join(secrets, Revocations))
            .AddCredential(KeyOf(name), credential => FromFile(credential, secrets))
            .AddCredential(KeyOf(peer), credential => FromFile(credential, secrets))
            .AddCredential(Webhooks.Key, credential => FromFile(credential, secrets))
            .AddCredential(Push.Key, credential => FromFile(credential, secrets));

        builder.AddTls(secrets);

        // Inbound: the peer is the one client; its current and previous keys are accepted.
        builder.Services.AddAuthentication(RotatingApiKeyDefaults.AuthenticationScheme)
            .AddRotatingApiKey(keys => keys.AddClient(peer, KeyOf(peer)));
        builder.Services.AddAuthorization();
        builder.Services.AddOperators();
        builder.Services.AddProblemDetails();

        // Outbound: the current key on every request; a refused one is repeated with the key before. The key proves who we are, so no certificate of ours does.
        builder.Services.AddHttpClient<PeerClient>(http => http.BaseAddress = peerAddress)
            .ConfigurePrimaryHttpMessageHandler(() => Tls.NewHandler(secrets))
            .AddRotatingCredential(KeyOf(name), http => http.Header(RotatingApiKeyDefaults.HeaderName));
        builder.Services.AddWebhooks(peerAddress, secrets);

        builder.Services.AddSingleton<Counts>();
        builder.Services.AddSingleton<Load>();

        var app = builder.Build();
        app.Use(static (context, next) => context.RequestServices.GetRequiredService<Counts>().CountRefusalAsync(context, next));
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/orders", static (PeerClient shop, CancellationToken ct) => shop.GetAsync("/stock", ct)).RequireAuthorization();
        app.MapGet("/stock", static () => "in stock").RequireAuthorization();
        app.MapWebhooks();
        app.MapPush();
        app.MapStatus();
        app.MapOperators();
        app.MapGet("/state", (Counts counts, IRotationLedger ledger, [FromKeyedServices(ShopKey)] IRotatingCredentialProvider key, [FromKeyedServices(Tls.Certificate)] IRotatingCredentialProvider certificate) =>
            counts.Read(key, certificate, ledger));
        app.MapPost("/load", static (Load load) => load.Start());
        await app.StartAsync();

        // Ends with whoever started it, however that ended.
        await Console.In.ReadToEndAsync();
        await app.Services.GetRequiredService<Load>().StopAsync();
        await app.StopAsync();
        return 0;
    }

    private static void FromFile(CredentialBuilder credential, string secrets) => credential
        .FromFiles(Path.Join(secrets, credential.Name), files => files.FingerprintKey = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(FingerprintKey)!))
        .Configure(options =>
        {
            options.Overlap = Overlap;
            options.FallbackPause = TimeSpan.FromSeconds(1);
        });
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.Benchmarks.Support;

namespace Nhi.Rotation.Benchmarks;

/// <summary>
/// Answers a second of the smallest API: open, with one key checked by a hand-written middleware, the same in a scheme of ASP.NET Core's, and with rotating keys
/// of one or 10,000 clients.
/// </summary>
/// <remarks>Client and server share the machine, so the numbers are of both; all variants have the same client, and take turns.</remarks>
internal static class ThroughputMeasurement
{
    private const int Rounds = 5;
    private const string Client = "client-5000";
    private const string Key = Client + "_5rVbQ0mXcT8yLw2NfJhE7aKdU3sG";
    private const string Headers = $"{RotatingApiKeyDefaults.HeaderName}: {Key}\r\n";

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        await using var open = await StartAsync(static _ => { }, static _ => { });
        await using var handWritten = await StartAsync(static _ => { }, UseOneKey);
        await using var handWrittenScheme = await StartAsync(AddOneKey, Protect);
        await using var one = await StartAsync(static builder => AddKeys(builder, [Client]), Protect);
        var started = TimeProvider.System.GetTimestamp();
        await using var many = await StartAsync(static builder => AddKeys(builder, Enumerable.Range(0, 10_000).Select(i => $"client-{i}")), Protect);
        Console.WriteLine($"start with 10,000 clients: {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s");

        (string Name, WebApplication App, List<double> Rates)[] variants =
        [
            ("no authentication", open, []),
            ("hand-written middleware, one key", handWritten, []),
            ("hand-written scheme, one key", handWrittenScheme, []),
            ("rotating keys, 1 client", one, []),
            ("rotating keys, 10,000 clients", many, []),
        ];
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (_, app, rates) in variants)
            {
                var rate = await LoadClient.RunAsync(new Uri(app.Urls.Single()), Headers, Round);

                // The first round only warms up.
                if (round > 0)
                {
                    rates.Add(rate);
                }
            }
        }

        Console.WriteLine($"{"",-34} {"best/s",8} {"ratio",6} {"median/s",9} {"ratio",6}");
        foreach (var (name, _, rates) in variants)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-34} {rates.Max(),8:0} {rates.Max() / variants[0].Rates.Max(),6:0.00} {Median(rates),9:0} {Median(rates) / Median(variants[0].Rates),6:0.00}"));
        }
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplicationBuilder> add, Action<WebApplication> use)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        add(builder);
        var app = builder.Build();
        use(app);
        var endpoint = app.MapGet("/", static () => "hello");
        if (app.Services.GetService<IAuthenticationService>() is not null)
        {
            endpoint.RequireAuthorization();
        }

        await app.StartAsync();
        return app;
    }

    // What one writes by hand: one key, fixed time, no rotation, no identity.
    private static void UseOneKey(WebApplication app)
    {
        var key = Encoding.UTF8.GetBytes(Key);
        app.Use((context, next) =>
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers[RotatingApiKeyDefaults.HeaderName].ToString()), key))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
    }

    // The same as a scheme, which is what an app that authorises needs: ours beside it differs by what rotation costs.
    private static void AddOneKey(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(OneKeyScheme.Name).AddScheme<AuthenticationSchemeOptions, OneKeyScheme>(OneKeyScheme.Name, static _ => { });
        builder.Services.AddAuthorization();
        OneKeyScheme.Key = Encoding.UTF8.GetBytes(Key);
    }

    private static void AddKeys(WebApplicationBuilder builder, IEnumerable<string> clients)
    {
        var credentials = builder.Services.AddRotatingCredentials();
        builder.Services.AddAuthentication(RotatingApiKeyDefaults.AuthenticationScheme).AddRotatingApiKey(keys =>
        {
            foreach (var client in clients)
            {
                keys.AddClient(client);
            }
        });
        builder.Services.AddAuthorization();
        foreach (var client in clients)
        {
            var backend = new MemoryBackend(Keys.Version(1, client == Client ? Key : $"{client}_{Guid.NewGuid():N}"));
            credentials.AddCredential(client, credential => credential.UseBackend(client, _ => backend));
        }
    }

    private static void Protect(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;

#pragma warning disable NHI002 // Two of the five: without this line the build names them.

namespace ZeroDowntimeRotation;

/// <summary>Five ways to depend on an old key that no request, no error and no dashboard shows. Each is named before anything is revoked; when it is dealt with, the next one is.</summary>
internal sealed class Hidden : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IRotatingCredentialProvider _credential;
    private readonly IRotationLedger _ledger;
    private readonly HttpClient _http;
    private readonly List<(string Named, string What, Action LetGo)> _hiding = [];
    private Credential? _captured;
    private ApiClient? _client;
    private HttpResponseMessage? _feed;
    private IDisposable? _connection;

    private Hidden(IHost app)
    {
        _credential = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
        _ledger = app.Services.GetRequiredService<IRotationLedger>();
        _http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("feed");
    }

    /// <summary>Rotates once; whether each was named, and the key is safe to revoke at last.</summary>
    public static async Task<bool> RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("hidden-");
        try
        {
            var secret = new DemoSecret(directory.FullName);
            secret.Write(Rotations.Key(0));
            await using var upstream = await Upstream.StartAsync();
            upstream.Accept(Rotations.Key(0), Rotations.Key(1));
            using var app = Build(secret, upstream);
            await app.StartAsync();
            await using var hidden = new Hidden(app);
            var old = await hidden.HideAsync();
            secret.Write(Rotations.Key(1));
            await hidden._credential.RefreshAsync(RefreshReason.Requested);
            var isGood = await hidden.FindAsync(old);
            await app.StopAsync();
            return isGood;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public ValueTask DisposeAsync()
    {
        _feed?.Dispose();
        _connection?.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IHost Build(DemoSecret secret, Upstream upstream)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRotatingCredentials()
            .Configure(static options => options.OnlyProcess = true)
            .AddCredential("partner", c => c.FromFiles(secret.Path).Configure(static options => options.QuietPeriod = TimeSpan.FromSeconds(1)));
        builder.Services.AddHttpClient("feed", http => http.BaseAddress = upstream.Address).AddRotatingCredential("partner", http => http.Bearer().ProvenBy("/charges"));
        return builder.Build();
    }

    private async Task<string> HideAsync()
    {
        var old = (await _credential.GetCurrentAsync()).VersionId;
        Capture();
        _hiding.Add(("reports still holds the credential object", "a class took the key in its constructor, and sleeps for a week", () => _captured = null));
        _hiding.Add(("charges still holds what was derived", "a client was built with the key, and is kept in a field", () => _client = null));
        _feed = await _http.GetAsync(new Uri("/feed", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        _hiding.Add(("feed still holds 1 connection", "a stream that was opened with the key goes on", () => _feed?.Dispose()));
        _connection = _credential.ForConsumer("pool").Current.Hold();
        _hiding.Add(("pool still holds 1 connection", "a connection that was opened with the key is open", () => _connection?.Dispose()));
        _credential.ForConsumer("links").Current.RecordUse(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(12));
        _hiding.Add(("What was made with it is valid until", "a link that was signed with the key is valid for a while", static () => { }));
        return old;
    }

    // Not in an async method, whose state machine would keep what it made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Capture()
    {
        _captured = _credential.ForConsumer("reports").Current;
        _client = _credential.ForConsumer("charges").Derive(static credential => new ApiClient(credential.Reveal())).Current;
    }

    private async Task<bool> FindAsync(string old)
    {
        var until = TimeProvider.System.GetUtcNow() + Patience;
        var found = new HashSet<string>();
        while (TimeProvider.System.GetUtcNow() < until)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            await MoveAsync(old);
            if (_ledger.GetRotations("partner").FirstOrDefault(rotation => rotation.From == old)?.Verdict is not { } verdict)
            {
                continue;
            }

            foreach (var (named, what, letGo) in _hiding.Where(hiding => verdict.Reasons.Any(reason => reason.StartsWith(hiding.Named, StringComparison.Ordinal)) && found.Add(hiding.Named)).ToArray())
            {
                Console.WriteLine($"{verdict.Kind,-13} {verdict.Reasons.First(reason => reason.StartsWith(named, StringComparison.Ordinal))}");
                Console.WriteLine($"              that is: {what}");
                letGo();
            }

            if (verdict.Kind == VerdictKind.SafeToRevoke)
            {
                Console.WriteLine($"{verdict.Kind}  {string.Join(' ', verdict.Reasons)}");
                return found.Count == _hiding.Count;
            }
        }

        return false;
    }

    // Everybody uses the new key, as the dashboards show.
    private async Task MoveAsync(string old)
    {
        if (_credential.Current.VersionId == old)
        {
            return;
        }

        foreach (var consumer in new[] { "reports", "charges", "pool", "links" })
        {
            _credential.ForConsumer(consumer).Current.RevealBytes();
        }

        using var response = await _http.GetAsync(new Uri("/charges", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    private sealed class ApiClient(string key)
    {
        public int KeyLength => key.Length;
    }
}

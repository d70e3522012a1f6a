using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Nhi.Rotation;

#pragma warning disable NHI001, NHI003 // Without this line the build names all six.

namespace HiddenDependency;

/// <summary>Six ways in which code keeps a key that it should ask for each time. None of them uses it while the key is replaced.</summary>
internal static class Copies
{
    private static string? _key;
    private static HttpClient? _http;
    private static string? _connectionString;
    private static HMACSHA256? _signer;
    private static Func<int>? _later;
    private static Process? _import;

    /// <summary>Who keeps it, how, the rule that sees it in the source, and what shows that the hunt found it: a part of the path, or of the place.</summary>
    public static IReadOnlyList<(string Consumer, string Copy, string Rule, string Shown)> All { get; } =
    [
        ("reports", "a static field", "NHI001", "static Copies._key"),
        ("orders", "DefaultRequestHeaders", "NHI003", "static Copies._http"),
        ("billing", "a connection string", "NHI001", "static Copies._connectionString"),
        ("webhooks", "the key of an HMAC", "NHI001", "static Copies._signer"),
        ("nightly", "a closure", "NHI001", "static Copies._later"),
        ("import", "a variable of another process", "NHI001", "its environment, PARTNER_KEY"),
    ];

    /// <summary>The process that was started with the key in its environment.</summary>
    public static int ImportId => _import!.Id;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Make(IRotatingCredentialProvider provider)
    {
        Credential For(string consumer) => provider.ForConsumer(consumer).Current;

        _key = For("reports").Reveal();
        _http = new HttpClient();
        _http.DefaultRequestHeaders.Add("X-Api-Key", For("orders").Reveal());
        _connectionString = $"Host=db;Username=billing;Password={For("billing").Reveal()}";
        _signer = new HMACSHA256(For("webhooks").RevealBytes().ToArray());
        var captured = For("nightly").Reveal();
        _later = () => captured.Length;
        _import = Process.Start(new ProcessStartInfo("sleep", "600") { Environment = { ["PARTNER_KEY"] = For("import").Reveal() } });
    }

    /// <summary>Mends them all: nothing keeps what it was given.</summary>
    public static void Mend()
    {
        _key = null;
        _http?.Dispose();
        _http = null;
        _connectionString = null;
        _signer?.Dispose();
        _signer = null;
        _later = null;
        _import?.Kill();
        _import?.Dispose();
        _import = null;
    }
}

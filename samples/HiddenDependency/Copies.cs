using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Nhi.Rotation;

namespace HiddenDependency;

/// <summary>Six ways in which code keeps a key that it should ask for each time. None of them uses it while the key is replaced.</summary>
internal static class Copies
{
    private static string? s_key;
    private static HttpClient? s_http;
    private static string? s_connectionString;
    private static HMACSHA256? s_signer;
    private static Func<int>? s_later;
    private static Process? s_import;

    /// <summary>Who keeps it, how, and what shows that the hunt found it: a part of the path, or of the place.</summary>
    public static IReadOnlyList<(string Consumer, string Copy, string Shown)> All { get; } =
    [
        ("reports", "a static field", "static Copies.s_key"),
        ("orders", "DefaultRequestHeaders", "static Copies.s_http"),
        ("billing", "a connection string", "static Copies.s_connectionString"),
        ("webhooks", "the key of an HMAC", "static Copies.s_signer"),
        ("nightly", "a closure", "static Copies.s_later"),
        ("import", "a variable of another process", "its environment, PARTNER_KEY"),
    ];

    /// <summary>The process that was started with the key in its environment.</summary>
    public static int ImportId => s_import!.Id;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Make(IRotatingCredentialProvider provider)
    {
        Credential For(string consumer) => provider.ForConsumer(consumer).Current;

        s_key = For("reports").Reveal();
        s_http = new HttpClient();
        s_http.DefaultRequestHeaders.Add("X-Api-Key", For("orders").Reveal());
        s_connectionString = $"Host=db;Username=billing;Password={For("billing").Reveal()}";
        s_signer = new HMACSHA256(For("webhooks").RevealBytes().ToArray());
        var captured = For("nightly").Reveal();
        s_later = () => captured.Length;
        s_import = Process.Start(new ProcessStartInfo("sleep", "600") { Environment = { ["PARTNER_KEY"] = For("import").Reveal() } });
    }

    /// <summary>Mends them all: nothing keeps what it was given.</summary>
    public static void Mend()
    {
        s_key = null;
        s_http?.Dispose();
        s_http = null;
        s_connectionString = null;
        s_signer?.Dispose();
        s_signer = null;
        s_later = null;
        s_import?.Kill();
        s_import?.Dispose();
        s_import = null;
    }
}

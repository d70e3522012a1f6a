using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Nhi.Rotation.Ops.Tests.Support;

/// <summary>What OpenTelemetry's Prometheus exporter makes of the meter, after a life in which every instrument has something to tell.</summary>
internal static partial class Exposition
{
    /// <summary>The labels of each exported series, by the series' name.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadAsync(CancellationToken ct)
    {
        var port = FreePort.Find();
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter("Nhi.Rotation")
            .AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = ("127.0.0.1", port)).Build();
        var backend = new FakeCredentialBackend(TimeProvider.System);
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential
            .UseBackend("key", _ => backend).ProbeWith(_ => new AcceptingProbe()));
        await using var provider = services.BuildServiceProvider();
        var now = TimeProvider.System.GetUtcNow();
        backend.SetValidity("key", backend.Add("key", "one-key-that-callers-present"), now, now.AddDays(1));
        var stripe = provider.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        var captured = await stripe.GetCurrentAsync(ct);
        using var held = captured.Hold();
        stripe.Match("one-key-that-callers-present"u8, "acme");
        await WaitAsync(() => stripe.Credentials.Current is not null && provider.GetRequiredService<IRotationLedger>().GetUses().Any(use => use.FirstUse is not null), ct);
        backend.Add("key", "two");
        await stripe.RefreshAsync(RefreshReason.Requested, ct);
        captured.Reveal();
        _ = provider.GetRequiredService<IRotationLedger>().GetRotations();
        stripe.Report(captured, CredentialOutcome.Rejected);
        backend.Add("key", "two");
        await stripe.RefreshAsync(RefreshReason.Requested, ct);
        backend.FailNext(1, BackendFailure.AccessDenied);
        await Assert.ThrowsAsync<BackendException>(() => stripe.RefreshAsync(RefreshReason.Requested, ct).AsTask());

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/metrics")), ct);
        return Series().Matches(text)
            .GroupBy(series => series.Groups["name"].Value)
            .ToDictionary(
                series => series.Key,
                series => (IReadOnlySet<string>)series.SelectMany(one => Label().Matches(one.Groups["labels"].Value)).Select(label => label.Groups[1].Value).ToHashSet());
    }

    private static async Task WaitAsync(Func<bool> condition, CancellationToken ct)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 1_500, "the sweep did not come within 30 s");
            await Task.Delay(20, ct);
        }
    }

    [GeneratedRegex(@"^(?<name>nhi_\w+)\{(?<labels>.*)\} ", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex(@"(\w+)=""")]
    private static partial Regex Label();

    private sealed class AcceptingProbe : ICredentialProbe
    {
        public ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct) => new(new ProbeResult(ProbeVerdict.Accepted));
    }
}

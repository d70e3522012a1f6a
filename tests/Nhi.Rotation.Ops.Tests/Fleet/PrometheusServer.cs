using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Nhi.Rotation.Ops.Tests.Support;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Ops.Tests.Fleet;

/// <summary>Debian's Prometheus on a loopback port: scrapes and evaluates each second, with our rules and a quiet period short enough for a test.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string _targets;

    private PrometheusServer(Process process, HttpClient http, string targets)
    {
        _process = process;
        _http = http;
        _targets = targets;
    }

    /// <summary>Where it answers.</summary>
    public Uri Address => _http.BaseAddress!;

    public static PrometheusServer Start(string directory, TimeSpan quiet, IEnumerable<string> targets)
    {
        var program = Installed.Program("prometheus", "prometheus");
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{quiet.TotalSeconds}s");
        File.WriteAllText(Path.Join(directory, "rules.yml"), File.ReadAllText(Repository.Rules)
            .Replace("[1h]", $"[{seconds}]", StringComparison.Ordinal).Replace("offset 1h", $"offset {seconds}", StringComparison.Ordinal));
        File.WriteAllText(Path.Join(directory, "prometheus.yml"), $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ rules.yml ]
            scrape_configs:
              - job_name: fleet
                file_sd_configs: [ { files: [ targets.json ] } ]
            """);
        var list = Path.Join(directory, "targets.json");
        Write(list, targets);
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Find()}");
        string[] arguments =
        [
            $"--config.file={directory}/prometheus.yml", $"--storage.tsdb.path={directory}/data", $"--web.listen-address={address}", "--log.level=error",
        ];

        // timeout ends it should the test not.
        return new PrometheusServer(Process.Start("timeout", ["300", program, .. arguments]), new HttpClient { BaseAddress = new Uri($"http://{address}") }, list);
    }

    /// <summary>From now on these are scraped and no others, as when an orchestrator starts and ends pods.</summary>
    public void Scrape(IEnumerable<string> targets) => Write(_targets, targets);

    /// <summary>Each sample of one series in a range, with its time.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, double Value)>> SamplesAsync(string selector, TimeSpan last, CancellationToken ct)
    {
        var text = await _http.GetStringAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"{selector}[{last.TotalSeconds:0}s]"))}", UriKind.Relative), ct);
        var series = Assert.Single(JsonNode.Parse(text)!["data"]!["result"]!.AsArray());
        return [.. series!["values"]!.AsArray().Select(static sample => (
            DateTimeOffset.UnixEpoch.AddSeconds(sample![0]!.GetValue<double>()), double.Parse(sample[1]!.GetValue<string>(), CultureInfo.InvariantCulture)))];
    }

    /// <summary>The result of an instant query: labels and value of each series. Empty while Prometheus starts.</summary>
    public async Task<IReadOnlyList<(JsonNode Labels, double Value)>> QueryAsync(string expression, CancellationToken ct)
    {
        try
        {
            var text = await _http.GetStringAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(expression)}", UriKind.Relative), ct);
            return [.. JsonNode.Parse(text)!["data"]!["result"]!.AsArray().Select(series => (series!["metric"]!, double.Parse(series["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture)))];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    /// <summary>Why Prometheus does not understand what Grafana would send it, or <see langword="null"/>.</summary>
    public async Task<string?> RefusesAsync(string path, string parameter, string expression, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri($"{path}?{parameter}={Uri.EscapeDataString(expression)}", UriKind.Relative), ct);
                var text = await response.Content.ReadAsStringAsync(ct);
                if (response.StatusCode != System.Net.HttpStatusCode.ServiceUnavailable || tries == 60)
                {
                    return response.IsSuccessStatusCode && JsonNode.Parse(text)!["status"]!.GetValue<string>() == "success" ? null : $"{expression}: {text}";
                }
            }
            catch (HttpRequestException) when (tries < 60)
            {
                // It is about to start.
            }

            await Task.Delay(500, ct);
        }
    }

    // A file that is moved into place, so that Prometheus reads no half of it.
    private static void Write(string path, IEnumerable<string> targets)
    {
        File.WriteAllText(path + ".next", new JsonArray(new JsonObject { ["targets"] = new JsonArray([.. targets.Select(static target => (JsonNode)target)]) }).ToJsonString());
        File.Move(path + ".next", path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}

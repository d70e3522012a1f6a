using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Waiting;

/// <summary>Waiting for the verdict of Prometheus, and of what only seems to be one. What a real one answers: tests/Nhi.Rotation.Ops.Tests.</summary>
public sealed class PrometheusTests : IAsyncDisposable
{
    private const string Token = "canary-token-77";

    private readonly SteppingTime _time = new(WrittenInstance.At(0));
    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-wait-").FullName;
    private readonly List<string> _asked = [];
    private WebApplication? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task It_is_safe_when_every_old_version_is_at_one_moment()
    {
        var verdict = 3;
        await StartAsync(query => query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) ? Vector(verdict, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1"))
            : query.StartsWith("nhi:credential:violated", StringComparison.Ordinal) && verdict == 3 ? Vector(1, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1"), ("nhi_consumer", "nightly"), ("instance", "10.0.0.7:80"))
            : Vector());
        _time.Meanwhile = step => verdict = step switch { < 3 => 3, < 6 => 2, _ => 1 };

        var output = AssertExit(ExitCode.Safe, "--credential", "stripe");

        Assert.Equal(6, _time.Steps);
        Assert.Matches(@"(?s)waiting: stripe v1: StillUsed: nightly at 10\.0\.0\.7:80.*waiting: stripe v1: InOverlap.*safe: stripe v1: SafeToRevoke.*SAFE, as far as Prometheus has seen", output);
        Assert.Contains(_asked, static query => query.Contains("up == 0", StringComparison.Ordinal) && query.EndsWith(" @1767225600.5", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("up == 0", "shop 10.0.0.8:80 cannot be scraped")]
    [InlineData("time() - timestamp", "the rules have not been evaluated lately")]
    public async Task A_doubt_keeps_it_waiting(string question, string said)
    {
        await StartAsync(query => query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) || query.Contains(question, StringComparison.Ordinal)
            ? Vector(1, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1"), ("job", "shop"), ("instance", "10.0.0.8:80"))
            : Vector());

        Assert.Contains(said, AssertExit(ExitCode.TimeUp), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", ExitCode.Safe)]
    [InlineData("3", ExitCode.TimeUp)]
    public async Task Who_should_be_there_is_counted(string expected, object exit)
    {
        await StartAsync(query => query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) ? Vector(1, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1"))
            : query.StartsWith("count by (job)", StringComparison.Ordinal) ? Vector(2, ("job", "shop"))
            : Vector());

        AssertExit((ExitCode)exit, "--expect", $"shop={expected}");
    }

    [Fact]
    public async Task Of_two_old_versions_the_worse_counts_and_nothing_is_not_safe()
    {
        var both = new JsonArray(One(1, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1")), One(2, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v2")));
        await StartAsync(query => query.StartsWith("nhi:credential:verdict{}", StringComparison.Ordinal) ? Answer(both.DeepClone().AsArray()) : Vector());

        Assert.Contains("stripe v2: InOverlap", AssertExit(ExitCode.TimeUp), StringComparison.Ordinal);
        Assert.Contains("no old version is known to Prometheus", AssertExit(ExitCode.TimeUp, "--credential", "other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_a_quote_is_no_expression_and_a_long_id_is_shortened_as_in_metrics()
    {
        await StartAsync(static _ => Vector());

        AssertExit(ExitCode.TimeUp, "--credential", "a\"} or vector(1) #", "--old-version", "fp-0123456789abcdef");

        Assert.All(_asked, static query => Assert.StartsWith("nhi:credential:verdict{nhi_credential_name=\"a\\\"} or vector(1) #\",nhi_credential_version=\"fp-0123..9abcdef\"}", query, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>login</html>", "no answer of Prometheus (text/html)")]
    [InlineData(200, "application/json", "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}", "no answer of Prometheus")]
    [InlineData(200, "application/json", "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1]}]}}", "no answer of Prometheus")]
    [InlineData(200, "application/json", "{\"status\":\"success\",\"warnings\":[\"a store is away\"],\"data\":{\"resultType\":\"vector\",\"result\":[]}}", "a store is away")]
    [InlineData(200, "application/json", "null", "no answer of Prometheus")]
    [InlineData(200, "application/json", "", "no answer of Prometheus")]
    [InlineData(422, "application/json", "{\"status\":\"error\",\"error\":\"parse error\"}", "refuses the question: parse error")]
    [InlineData(401, "text/plain", "who are you", "it wants a token")]
    [InlineData(403, "text/plain", "", "it wants a token")]
    [InlineData(302, "text/plain", "", "answers 302 and redirects to nowhere (a login page?), which is not followed")]
    [InlineData(500, "text/plain", "oops", "answers 500, a server error: its own log says why")]
    [InlineData(503, "text/plain", "starting", "answers 503, a server error")]
    [InlineData(503, "application/json", "{\"status\":\"error\",\"error\":\"too many queries\"}", "refuses the question: too many queries")]
    [InlineData(404, "text/plain", "not here", "no answer of Prometheus (text/plain): is the address right?")]
    public async Task What_is_no_answer_is_never_safe(int status, string type, string body, string said)
    {
        var good = true;
        await StartAsync(query => !good ? Results.Text(body, type, statusCode: status) : query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) ? Vector(2, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1")) : Vector());
        _time.Meanwhile = _ => good = false;
        Assert.Contains(said, AssertExit(ExitCode.TimeUp), StringComparison.Ordinal);

        var before = _time.Steps;
        Assert.Contains(said, AssertExit(ExitCode.CannotRead), StringComparison.Ordinal);
        Assert.Equal(before, _time.Steps);
    }

    [Fact]
    public async Task Where_a_redirect_leads_is_told_without_what_it_carries()
    {
        await StartAsync(static _ => Results.Redirect("https://login.example/start?ticket=canary-9"));

        var output = AssertExit(ExitCode.CannotRead);
        Assert.Contains("answers 302 and redirects to https://login.example/start (a login page?)", output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-9", output, StringComparison.Ordinal);
        Assert.DoesNotContain("still waiting", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_without_labels_has_no_empty_name()
    {
        await StartAsync(query => query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) ? Vector(2, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1"))
            : query.StartsWith("nhi:credential:violated", StringComparison.Ordinal) ? Vector(1, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1"))
            : query.Contains("up == 0", StringComparison.Ordinal) ? Vector(0)
            : Vector());

        Assert.Contains("TIME IS UP, and it is not safe: stripe v1: InOverlap: (no nhi_consumer) at (no instance); (no job) (no instance) cannot be scraped", AssertExit(ExitCode.TimeUp), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_goes_away_in_the_middle_keeps_it_waiting()
    {
        await StartAsync(query => query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) ? Vector(2, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1")) : Vector());
        _time.Meanwhile = step =>
        {
            if (step == 2)
            {
                _server!.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
        };

        Assert.Matches("(?s)waiting: stripe v1: InOverlap.*still waiting, nothing is seen: http://127.0.0.1:[0-9]+/ does not answer: nobody listens there", AssertExit(ExitCode.TimeUp));
    }

    [Fact]
    public async Task The_token_is_read_anew_each_time_and_told_to_nobody_else()
    {
        var file = Path.Combine(_directory, "token");
        File.WriteAllText(file, Token + "\n");
        List<string?> sent = [];
        await StartAsync(static _ => Vector(), request => sent.Add(request.Headers.Authorization));
        _time.Meanwhile = step => File.WriteAllText(file, $"{Token}-{step}");

        var output = AssertExit(ExitCode.TimeUp, "--bearer-token-file", file, "--timeout", "2s", "--interval", "1s");
        Assert.Equal([$"Bearer {Token}", $"Bearer {Token}-1", $"Bearer {Token}-2"], sent);
        Assert.DoesNotContain(Token, output, StringComparison.Ordinal);

        File.WriteAllText(file, "\n");
        Assert.Contains("holds no bearer token", AssertExit(ExitCode.CannotRead, "--bearer-token-file", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_is_trusted_by_the_file_that_names_it_and_not_without()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=prometheus", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var ca = Path.Combine(_directory, "ca.pem");
        File.WriteAllText(ca, certificate.ExportCertificatePem());
        await StartAsync(query => query.StartsWith("nhi:credential:verdict", StringComparison.Ordinal) ? Vector(1, ("nhi_credential_name", "stripe"), ("nhi_credential_version", "v1")) : Vector(), certificate: certificate);

        Assert.Contains("its certificate is not trusted", AssertExit(ExitCode.CannotRead), StringComparison.Ordinal);
        AssertExit(ExitCode.Safe, "--ca-file", ca);
    }

    private static IResult Vector() => Answer([]);

    private static IResult Vector(double value, params (string Name, string Value)[] labels) => Answer([One(value, labels)]);

    private static JsonObject One(double value, params (string Name, string Value)[] labels) => new()
    {
        ["metric"] = new JsonObject(labels.Select(static label => KeyValuePair.Create(label.Name, (JsonNode?)label.Value))),
        ["value"] = new JsonArray(1767225600.5, value.ToString(CultureInfo.InvariantCulture)),
    };

    private static IResult Answer(JsonArray series) =>
        Results.Text(new JsonObject { ["status"] = "success", ["data"] = new JsonObject { ["resultType"] = "vector", ["result"] = series } }.ToJsonString(), "application/json");

    private async Task StartAsync(Func<string, IResult> answer, Action<HttpRequest>? see = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        _server = builder.Build();
        _server.MapGet("/api/v1/query", (HttpRequest request, string query, string? time) =>
        {
            see?.Invoke(request);
            _asked.Add(time is null ? query : $"{query} @{time}");
            return answer(query);
        });
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    private string AssertExit(ExitCode exit, params string[] options)
    {
        using var output = new StringWriter { NewLine = "\n" };
        string[] bounds = options.Contains("--timeout") ? [] : ["--timeout", "10m", "--interval", "1m"];
        var code = CommandLine.Run(["wait", "--prometheus", _server!.Urls.Single(), .. options, .. bounds], _time, Stream.Null, output, output);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}");
        return output.ToString();
    }
}

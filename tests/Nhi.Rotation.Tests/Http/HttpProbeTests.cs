using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Http;

public sealed class HttpProbeTests
{
    private const string Canary = "CANARY-51c9";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<Action<HttpCredentialOptions>, string, string> EveryWay => new()
    {
        { static h => h.Bearer(), "Authorization", $"Bearer {Canary}" },
        { static h => h.Header("X-Api-Key", "Token "), "X-Api-Key", $"Token {Canary}" },
        { static h => h.Basic("user"), "Authorization", "Basic dXNlcjpDQU5BUlktNTFjOQ==" },
        { static h => h.Stamp(static (request, credential) => request.Headers.Add("X-Signature", credential.Reveal())), "X-Signature", Canary },
    };

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_version_is_presented_as_an_HttpClient_presents_it_and_counts_no_use(Action<HttpCredentialOptions> way, string header, string text)
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var services = Services(server.Address, way);

        var credential = await Provider(services).GetCurrentAsync(Ct);

        Assert.Equal("v1", credential.VersionId);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("GET", text), (request.Method, request.Headers[header]));
        Assert.Equal(0, services.GetRequiredService<IRotationLedger>().GetUses().Sum(use => use.Uses));
    }

    [Fact]
    public async Task A_query_parameter_works_too()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var services = Services(server.Address, static h => h.QueryParameter("key"));

        await Provider(services).GetCurrentAsync(Ct);

        Assert.Equal($"?key={Canary}", Assert.Single(server.Requests).Query);
    }

    [Theory]
    [InlineData(200, ProbeVerdict.Accepted, 1)]
    [InlineData(204, ProbeVerdict.Accepted, 1)]
    [InlineData(401, ProbeVerdict.Rejected, 1)]
    [InlineData(302, ProbeVerdict.Inconclusive, 3)]
    [InlineData(403, ProbeVerdict.Inconclusive, 3)]
    [InlineData(404, ProbeVerdict.Inconclusive, 3)]
    [InlineData(429, ProbeVerdict.Inconclusive, 3)]
    [InlineData(503, ProbeVerdict.Inconclusive, 3)]
    public async Task Statuses_mean_what_they_say(int status, ProbeVerdict verdict, int requests)
    {
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.StatusCode(status));
        await using var services = Services(server.Address, static h => h.Bearer());

        var result = await ProbeAsync(services);

        Assert.Equal(new ProbeResult(verdict, $"status {status}"), result);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task What_counts_as_a_rejection_can_be_said()
    {
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.StatusCode(403));
        await using var services = Services(server.Address, static h => h.Bearer().RejectedWhen(static response => response.StatusCode == HttpStatusCode.Forbidden));

        Assert.Equal(ProbeVerdict.Rejected, (await ProbeAsync(services)).Verdict);
    }

    [Fact]
    public async Task A_failure_that_passes_is_retried()
    {
        await using var server = await LoopbackServer.StartAsync((_, count) => Results.StatusCode(count < 3 ? 503 : 200));
        await using var services = Services(server.Address, static h => h.Bearer());

        Assert.Equal(ProbeVerdict.Accepted, (await ProbeAsync(services)).Verdict);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.Redirect(elsewhere.Address.ToString()));
        await using var services = Services(server.Address, static h => h.Header("X-Api-Key"));

        await ProbeAsync(services);

        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public void The_environment_sends_it_nowhere_else()
    {
        using var services = Services(new Uri("https://api.example/"), static h => h.Bearer());
        HttpMessageHandler? handler = services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("Nhi.Rotation.Probe.stripe");
        while (handler is DelegatingHandler { InnerHandler: var inner })
        {
            handler = inner;
        }

        var primary = Assert.IsType<SocketsHttpHandler>(handler);
        Assert.Equal((false, false, false), (primary.UseProxy, primary.AllowAutoRedirect, primary.UseCookies));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_inconclusive_with_the_kind_of_failure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();
        await using var services = Services(address, static h => h.Bearer());

        Assert.Equal(new ProbeResult(ProbeVerdict.Inconclusive, "ConnectionError"), await ProbeAsync(services));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_inconclusive_after_the_probes_time_limit()
    {
        var never = new TaskCompletionSource<IResult>();
        await using var server = await LoopbackServer.StartAsync((_, _) => new Waiting(never.Task));
        var log = new FakeLogCollector();
        await using var services = Services(server.Address, static h => h.Bearer(), log, c => c.Configure(o => o.ProbeTimeout = TimeSpan.FromMilliseconds(300)));

        var credential = await Provider(services).GetCurrentAsync(Ct);

        Assert.Equal("v1", credential.VersionId);
        Assert.Contains(log.GetSnapshot(), record => record.Id.Id == 109 && record.Message.Contains("no answer within 0.3 s", StringComparison.Ordinal));
        never.SetResult(Results.Ok());
    }

    [Fact]
    public async Task A_value_that_cannot_be_sent_is_inconclusive_with_the_cause_and_without_a_request()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var services = Services(server.Address, static h => h.Bearer());
        var probe = ProbeOf(services);

        var result = await probe.ProbeAsync(new Credential("stripe", "v1", SecretValue.FromText($"{Canary}\n")), Ct);

        Assert.Equal(ProbeVerdict.Inconclusive, result.Verdict);
        Assert.Contains("line break", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, result.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_rotation_is_probed_before_and_after_with_nothing_but_an_address()
    {
        var accepted = new HashSet<string> { "Bearer one" };
        await using var server = await LoopbackServer.StartAsync((request, _) => accepted.Contains(request.Headers["Authorization"]) ? Results.Ok() : Results.Unauthorized());
        var backend = new ScriptedBackend().Put("v1", "one");
        var log = new FakeLogCollector();
        await using var services = Services(server.Address, static h => h.Bearer(), log, c => c.ProveRetirement().Configure(o => o.Overlap = TimeSpan.Zero), backend);
        var provider = Provider(services);
        await provider.GetCurrentAsync(Ct);

        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("v1", provider.Current.VersionId);
        accepted.Remove("Bearer one");
        accepted.Add("Bearer two");
        await provider.RevokeAsync("v1", "rotated", Ct);
        await Engine.EventuallyAsync(() => log.GetSnapshot().Any(record => record.Id.Id == 120));

        Assert.Contains(log.GetSnapshot(), record => record.Id.Id == 108 && record.Message.Contains("status 401", StringComparison.Ordinal));
        Assert.Contains(log.GetSnapshot(), record => record.Id.Id == 120 && record.Message.Contains("'v1'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_value_is_in_no_log_and_no_activity()
    {
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => heard.Enqueue($"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.StatusCode(503));
        var log = new FakeLogCollector();
        await using var services = Services(server.Address, static h => h.QueryParameter("key"), log);

        await Provider(services).GetCurrentAsync(Ct);

        Assert.Contains(heard, text => text.StartsWith("nhi.credential.probe", StringComparison.Ordinal));
        var all = heard.Concat(log.GetSnapshot().Select(record => $"{record.Message} {string.Join(' ', record.StructuredState ?? [])}"));
        Assert.DoesNotContain(all, text => text.Contains(Canary, StringComparison.Ordinal));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void Clear_text_to_another_machine_must_be_allowed_by_name()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Services(new Uri("http://api.example/me"), static h => h.Bearer()));
        Assert.Contains("clear text", error.Message, StringComparison.Ordinal);
        Services(new Uri("http://api.example/me"), static h => h.Bearer().AllowHosts("http://api.example"));
        Services(new Uri("https://api.example/me"), static h => h.Bearer());
        Assert.Throws<InvalidOperationException>(() => Services(new Uri("https://api.example/me"), static h => h.Bearer().AllowHosts("other.example")));
    }

    [Fact]
    public void Mistakes_are_told_where_they_are_made()
    {
        Assert.Throws<ArgumentException>(() => Services(new Uri("/me", UriKind.Relative), static h => h.Bearer()));
        Assert.Throws<ArgumentException>(() => Services(new Uri("ftp://api.example/"), static h => h.Bearer()));
        Assert.Throws<ArgumentException>(() => Services(new Uri("https://user@api.example/"), static h => h.Bearer()));
        Assert.Contains("h.Bearer()", Assert.Throws<InvalidOperationException>(() => Services(new Uri("https://api.example/"), static _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_probes_and_a_proof_without_a_probe_are_refused_at_start()
    {
        using var twice = Services(new Uri("https://api.example/"), static h => h.Bearer(), configure: c => c.ProbeWith(_ => new SwitchableProbe()));
        Assert.Contains("two probes", Assert.Throws<OptionsValidationException>(() => Provider(twice)).Message, StringComparison.Ordinal);

        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.UseBackend("stripe", _ => new ScriptedBackend()).ProveRetirement());
        using var without = services.BuildServiceProvider();
        Assert.Contains("ProbeHttp", Assert.Throws<OptionsValidationException>(() => Provider(without)).Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(
        Uri address, Action<HttpCredentialOptions> way, FakeLogCollector? log = null, Action<CredentialBuilder>? configure = null, ICredentialBackend? backend = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(log ?? new FakeLogCollector())));
        services.AddRotatingCredentials().AddCredential("stripe", credential =>
        {
            credential.UseBackend("stripe", _ => backend ?? new ScriptedBackend().Put("v1", Canary)).ProbeHttp(address, way);
            configure?.Invoke(credential);
        });
        return services.BuildServiceProvider();
    }

    private static IRotatingCredentialProvider Provider(IServiceProvider services) => services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");

    private static ICredentialProbe ProbeOf(IServiceProvider services) =>
        services.GetRequiredService<Nhi.Rotation.DependencyInjection.CredentialSetup>().Credentials["stripe"].Probe!(services);

    private static ValueTask<ProbeResult> ProbeAsync(IServiceProvider services) =>
        ProbeOf(services).ProbeAsync(new Credential("stripe", "v1", SecretValue.FromText(Canary)), Ct);

    private sealed class Waiting(Task<IResult> answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext) => await (await answer.WaitAsync(httpContext.RequestAborted)).ExecuteAsync(httpContext);
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Http;
using Nhi.Rotation.Tests.Http;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Leaks;

[Collection(LeakCollection.Name)]
public sealed class HttpLeakTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly Output _output = new();
    private readonly FakeLogCollector _log = new();

    public static TheoryData<string> EveryWay => [.. Ways.Keys];

    public static TheoryData<string> EveryBadWay => [.. BadWays.Keys];

    private static Dictionary<string, Action<HttpCredentialOptions>> Ways => new()
    {
        ["bearer"] = static h => h.Bearer(),
        ["header"] = static h => h.Header("X-Api-Key", "Token "),
        ["basic"] = static h => h.Basic("user"),
        ["basic from JSON"] = static h => h.Basic(),
        ["query parameter"] = static h => h.QueryParameter("api_key"),
        ["own stamp"] = static h => h.Stamp(static (request, credential) => request.Headers.Add("X-Signature", credential.Reveal())),
    };

    private static Dictionary<string, (Action<HttpCredentialOptions> Way, string Value)> BadWays => new()
    {
        ["bearer, header injection"] = (static h => h.Bearer(), $"{Canary.Plain.Text}\r\nX-Admin: 1"),
        ["bearer, outside ASCII"] = (static h => h.Bearer(), $"{Canary.Plain.Text}é"),
        ["header, outer space"] = (static h => h.Header("X-Api-Key"), $" {Canary.Plain.Text}"),
        ["basic, control character"] = (static h => h.Basic("user"), $"{Canary.Plain.Text}\u0007"),
        ["basic from no JSON"] = (static h => h.Basic(), Canary.Plain.Text),
        ["basic from cut JSON"] = (static h => h.Basic(), Canary.Json[..^1]),
        ["basic from other JSON"] = (static h => h.Basic(), $$"""{"user":"app","password":"{{Canary.Password.Text}}"}"""),
        ["basic from a lone surrogate"] = (static h => h.Basic(), $$"""{"username":"app","password":"{{Canary.Password.Text}}\ud800"}"""),
        ["own stamp that throws it"] = (static h => h.Stamp(static (_, credential) => throw new InvalidOperationException(credential.Reveal())), Canary.Plain.Text),
        ["own stamp that the framework quotes"] = (static h => h.Stamp(static (request, credential) => request.Headers.Add("Range", credential.Reveal())), Canary.Plain.Text),
    };

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task No_way_of_presenting_it_shows_it_through_retry_replay_redirect_and_failure(string way)
    {
        using var ears = new Ears(_output);
        await using var elsewhere = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync((request, count) => count switch
        {
            1 => Results.StatusCode(503),
            2 => Results.Unauthorized(),
            _ => Results.Redirect($"{elsewhere.Address}x{request.Query}"),
        });
        var isJson = way == "basic from JSON";
        var backend = new ScriptedBackend().Put("v1", isJson ? Canary.Json : Canary.Plain.Text);
        await using var services = Build(server.Address, backend, Ways[way]);
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        backend.Put("v2", isJson ? Canary.Json.Replace("app", "app2", StringComparison.Ordinal) : Canary.Newer.Text);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("charges");

        using var response = await client.GetAsync(new Uri("x?a=1", UriKind.Relative), Ct);
        Assert.Equal((HttpStatusCode.OK, 3, 1), (response.StatusCode, server.Requests.Count, elsewhere.Requests.Count));
        _output.Add("response", response.ToString());
        _output.Add("request", response.RequestMessage!.ToString());
        await server.DisposeAsync();
        _output.Add("no connection", await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri("x?a=1", UriKind.Relative), Ct)));

        Listen(ears, services);
        _output.AssertSilent(
            "log System.Net.Http.HttpClient.charges.ClientHandler",
            "log System.Net.Http.HttpClient.charges.LogicalHandler",
            "log Polly",
            "log Nhi.Rotation.Http 302",
            "event System.Net.Http/RequestStart",
            "event Microsoft-Extensions-Logging",
            "activity System.Net.Http",
            "exported metric http.client.request.duration",
            "exported metric nhi.credential.rejections",
            "ToString of HttpCredentialBinding");
        Assert.DoesNotContain(elsewhere.Requests, static request => Canary.All.Any(canary => canary.FindIn($"{request.Query} {string.Join(' ', request.Headers)}").Any()));
    }

    [Theory]
    [MemberData(nameof(EveryBadWay))]
    public async Task A_value_that_cannot_be_sent_is_not_quoted(string way)
    {
        using var ears = new Ears(_output);
        await using var server = await LoopbackServer.StartAsync();
        var (configure, value) = BadWays[way];
        await using var services = Build(server.Address, new ScriptedBackend().Put("v1", value), configure);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("charges");

        var error = await Assert.ThrowsAsync<CredentialFormatException>(() => client.GetAsync(new Uri("x", UriKind.Relative), Ct));

        Assert.Empty(server.Requests);
        Assert.Contains("'v1'", error.Message, StringComparison.Ordinal);
        _output.Add("not sent", error);
        Listen(ears, services);
        _output.AssertSilent("not sent", "log System.Net.Http.HttpClient.charges.LogicalHandler");
    }

    [Fact]
    public async Task Of_the_runtimes_own_sources_only_debugging_aids_show_requests()
    {
        // They are handed the request on its way to the wire and are off unless somebody with access to the process asks for them. Out of the library's reach.
        string[] debuggingAids = ["Microsoft-Diagnostics-DiagnosticSource", "Private.InternalDiagnostics.System.Net.Http", "Private.InternalDiagnostics.System.Net.Sockets"];
        using var ears = new Ears(_output, static source => !source.StartsWith("Microsoft-AspNetCore", StringComparison.Ordinal) && !source.StartsWith("Microsoft-Windows-DotNETRuntime", StringComparison.Ordinal));
        await using var server = await LoopbackServer.StartAsync();
        await using var services = Build(server.Address, new ScriptedBackend().Put("v1", Canary.Plain.Text), Ways["bearer"]);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("charges");

        using var response = await client.GetAsync(new Uri("x", UriKind.Relative), Ct);

        Listen(ears, services);
        var sources = _output.FindLeaks(Canary.All).Select(static leak => leak.Split(' ', '/')[1]).Distinct();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(' ', sources));
        Assert.Empty(sources.Except(debuggingAids));
    }

    private ServiceProvider Build(Uri address, ICredentialBackend backend, Action<HttpCredentialOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddEventSourceLogger().AddProvider(new FakeLoggerProvider(_log)));
        services.AddRotatingCredentials().AddCredential("stripe", c => c.UseBackend("stripe", _ => backend));
        services.AddHttpClient("charges", client => client.BaseAddress = address)
            .RedactLoggedHeaders(static _ => false)
            .AddRotatingCredential("stripe", configure)
            .AddStandardResilienceHandler(static options =>
            {
                options.Retry.Delay = TimeSpan.FromMilliseconds(1);
                options.Retry.UseJitter = false;
            });
        return services.BuildServiceProvider();
    }

    private void Listen(Ears ears, ServiceProvider services)
    {
        ears.Collect();
        _output.Add("app", _log);
        var registration = services.GetRequiredService<ClientCredentialRegistration>();
        DebuggerWalk.Open(_output, registration, services.GetRequiredKeyedService<IClientCredential>(registration), services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe"));
    }
}

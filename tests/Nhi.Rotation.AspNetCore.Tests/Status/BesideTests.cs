using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AspNetCore.Tests.Push;
using Nhi.Rotation.AspNetCore.Tests.Webhooks;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Status;

/// <summary>
/// Every endpoint of ours beside every other one, in an app with each default scheme, fallback policy, default policy and group: whatever the app says in general, what opens one endpoint opens
/// no other.
/// </summary>
public sealed class BesideTests
{
    private const string Keys = RotatingApiKeyDefaults.AuthenticationScheme;
    private const string Body = """[{"token":"c4nary-of-nobody"}]""";

    private static readonly string[] Endpoints = ["status", "refresh", "revoke", "leaks", "events", "policed", "hook", "partner"];

    // What opens what. A name is of what a request carries; two of them are carried together.
    private static readonly (string Carries, string[] Opens)[] Callers =
    [
        ("", []),
        ("partner", ["partner"]),
        ("operator", ["status", "refresh", "revoke", "policed"]),
        ("scanner", ["leaks"]),
        ("grid", ["events"]),
        ("signature", ["hook"]),
        ("partner+signature", ["partner", "hook"]),
        ("partner+scanner", ["partner", "leaks"]),
        ("partner+grid", ["partner", "events"]),
        ("scanner+signature", ["leaks", "hook"]),
        ("grid+scanner", ["events", "leaks"]),
    ];

    public static TheoryData<string?, string, string, bool> Apps
    {
        get
        {
            var apps = new TheoryData<string?, string, string, bool>();
            foreach (var scheme in new[] { "Test", "Either", Keys, null })
            {
                foreach (var fallback in new[] { "", "keys", "operators" })
                {
                    foreach (var byDefault in new[] { "", "both" })
                    {
                        apps.Add(scheme, fallback, byDefault, false);
                        apps.Add(scheme, fallback, byDefault, true);
                    }
                }
            }

            return apps;
        }
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task What_opens_one_opens_no_other(string? scheme, string fallback, string byDefault, bool isAnonymous)
    {
        await using var app = await StartAsync(scheme, fallback, byDefault, isAnonymous);
        var answers = await Task.WhenAll(Callers.SelectMany(caller => Endpoints.Select(async endpoint => (caller.Carries, Endpoint: endpoint, MayOpen: caller.Opens.Contains(endpoint), Status: await SendAsync(app, endpoint, caller.Carries)))));
        var opened = answers.Where(static answer => answer.Status is >= 200 and < 300).ToList();

        Assert.DoesNotContain(opened, static answer => !answer.MayOpen);

        // An app that is closed to all would show nothing.
        string[] expected = ["operator:status", "operator:refresh", "operator:revoke", "operator:policed", "scanner:leaks", "grid:events", "signature:hook", "partner:partner"];
        Assert.Equal(expected.Where(one => !IsShut(one, scheme, fallback, byDefault, isAnonymous)).Order(), opened.Select(static answer => $"{answer.Carries}:{answer.Endpoint}").Where(expected.Contains).Order());
    }

    // By the app's own word: a fallback policy asks for a user where nothing else is said, and operators who have to ask for their scheme are nobody by default.
    private static bool IsShut(string one, string? scheme, string fallback, string byDefault, bool isAnonymous) => one switch
    {
        "operator:status" => scheme is null or Keys && byDefault.Length == 0,
        "scanner:leaks" or "grid:events" or "signature:hook" => fallback.Length > 0 && !isAnonymous,
        _ => false,
    };

    private static Task<LookApp> StartAsync(string? scheme, string fallback, string byDefault, bool isAnonymous) => LookApp.StartAsync(
        scheme,
        schemes => schemes.AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Test", null).AddRotatingApiKey(options => options.AddClient("acme"))
            .AddPolicyScheme("Either", null, options => options.ForwardDefaultSelector = context => context.Request.Headers.ContainsKey("X-Api-Key") ? Keys : "Test"),
        app => Map(isAnonymous ? ((WebApplication)app).MapGroup(string.Empty).AllowAnonymous() : app, scheme, byDefault),
        services =>
        {
            var backend = new FakeCredentialBackend(TimeProvider.System);
            foreach (var name in (string[])["scanner", "grid", "hook"])
            {
                backend.Add(name, $"value of {name}");
                services.AddRotatingCredentials().AddCredential(name, credential => credential.UseBackend(name, _ => backend).Configure(options => options.MinimumLength = 1));
            }

            services.AddWebhookSignatures();
            var policies = services.AddAuthorizationBuilder()
                .AddPolicy("operators", policy => policy.AddAuthenticationSchemes("Test").RequireAuthenticatedUser())
                .AddPolicy("partners", policy => policy.AddAuthenticationSchemes(Keys).RequireAuthenticatedUser());
            _ = byDefault.Length > 0 ? policies.SetDefaultPolicy(new AuthorizationPolicyBuilder("Test", Keys).RequireAuthenticatedUser().Build()) : policies;
            _ = fallback.Length > 0 ? policies.SetFallbackPolicy(new AuthorizationPolicyBuilder(fallback == "keys" ? Keys : "Test").RequireAuthenticatedUser().Build()) : policies;
        });

    private static void Map(IEndpointRouteBuilder app, string? scheme, string byDefault)
    {
        if (scheme is not (null or Keys) || byDefault.Length > 0)
        {
            // Otherwise the page is in no reach of operators: with keys as the default the app would not start, and without a default nobody is anybody.
            app.MapRotationStatus("/status");
        }

        app.MapRotationControl("/control", "operators");
        app.MapLeakReports("/leaks", options =>
        {
            options.KeyCredential = "scanner";
            options.AnswerTime = TimeSpan.FromMilliseconds(100);
        });
        app.MapKeyVaultEvents("/events", options => options.KeyCredential = "grid");
        app.MapKeyVaultEvents("/policed", options => options.AuthorizationPolicy = "operators");
        app.MapPost("/hook", () => "").RequireWebhookSignature("hook", WebhookScheme.GitHub, options => options.OnRepeat = WebhookRepeat.RunAgain);
        app.MapPost("/partner", () => "").WithMetadata(new AuthorizeAttribute("partners")).Finally(static endpoint =>
        {
            // The app's own: what it says of the group is not meant for it.
            foreach (var anonymous in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
            {
                endpoint.Metadata.Remove(anonymous);
            }
        });
    }

    private static async Task<int> SendAsync(LookApp app, string endpoint, string carries)
    {
        var (path, body) = endpoint switch
        {
            "refresh" => ("/control/refresh", """{"credential":"hook"}"""),
            "revoke" => ("/control/revoke", """{"credential":"hook","version":"v9","why":"of nobody"}"""),
            "events" or "policed" => ($"/{endpoint}", PushApp.NewVersion()),
            _ => ($"/{endpoint}", Body),
        };
        using var request = new HttpRequestMessage(endpoint == "status" ? HttpMethod.Get : HttpMethod.Post, path);
        request.Content = endpoint == "status" ? null : new StringContent(body, new MediaTypeHeaderValue("application/json"));
        foreach (var one in carries.Split('+', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var (name, value) in Headers(one, body))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await app.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static (string Name, string Value)[] Headers(string one, string body) => one switch
    {
        "partner" => [("X-Api-Key", LookApp.Key)],
        "operator" => [("Authorization", "Test operator")],
        "scanner" => [("X-Report-Key", "value of scanner")],
        "grid" => [("X-Event-Key", "value of grid")],
        _ => Signed.Headers("GitHub", body, default, "value of hook"),
    };
}

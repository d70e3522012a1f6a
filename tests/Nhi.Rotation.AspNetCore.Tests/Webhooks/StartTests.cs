using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>A wrong name stops the app before it listens.</summary>
public sealed class StartTests
{
    private const string NotRegistered =
        "uses it, and it is not registered; registered are: hook. Add it with AddRotatingCredentials().AddCredential(name, ...) or correct the name.";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_whose_credential_is_not_registered_stops_it()
    {
        await using var app = Build();
        app.MapGroup("/hooks").MapPost("/github", () => "").RequireWebhookSignature("hok", WebhookScheme.GitHub);

        var error = await FailAsync(app);

        Assert.Equal($"Credential 'hok': webhook '/hooks/github' {NotRegistered}", error.Message);
    }

    [Fact]
    public async Task So_does_one_in_a_group_that_is_protected_as_a_whole()
    {
        await using var app = Build();
        var group = app.MapGroup("/hooks").RequireWebhookSignature("hok", WebhookScheme.GitHub);
        group.MapPost("/github", () => "");

        Assert.Equal($"Credential 'hok': webhook '/hooks/github' {NotRegistered}", (await FailAsync(app)).Message);
    }

    [Fact]
    public async Task So_does_one_that_routing_declares_itself()
    {
        await using var app = Build();
        app.UseRouting();
#pragma warning disable ASP0014 // As apps of the older style do.
        app.UseEndpoints(endpoints => endpoints.MapPost("/old", () => "").RequireWebhookSignature("hok", WebhookScheme.GitHub));
#pragma warning restore ASP0014

        Assert.Equal($"Credential 'hok': webhook '/old' {NotRegistered}", (await FailAsync(app)).Message);
    }

    [Fact]
    public async Task An_app_without_credentials_is_stopped_too()
    {
        await using var app = Build(hasCredentials: false);
        app.MapPost("/github", () => "").RequireWebhookSignature("hook", WebhookScheme.GitHub);

        Assert.Equal(
            "Credential 'hook': webhook '/github' uses it, and the app has no rotating credentials. Call builder.Services.AddRotatingCredentials().AddCredential(\"hook\", ...).",
            (await FailAsync(app)).Message);
    }

    [Fact]
    public async Task Without_AddWebhookSignatures_no_endpoint_is_built()
    {
        await using var app = Build(hasWebhooks: false);
        app.MapPost("/github", () => "").RequireWebhookSignature("hook", WebhookScheme.GitHub);
        await app.StartAsync(Ct);

        var error = Assert.Throws<InvalidOperationException>(() => app.Services.GetRequiredService<EndpointDataSource>().Endpoints);

        Assert.Contains("'/github' of credential 'hook'", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Call builder.Services.AddWebhookSignatures().", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_signs_with_a_credential_that_is_not_registered_stops_it()
    {
        await using var app = Build(services => services.AddHttpClient("sender").AddWebhookSigning("hok", WebhookScheme.Stripe));

        Assert.Equal($"Credential 'hok': HttpClient 'sender' signs webhooks with it, and {NotRegistered["uses it, and ".Length..]}", (await FailAsync(app)).Message);
    }

    [Fact]
    public void Signing_by_every_client_of_the_app_is_refused()
    {
        var services = new ServiceCollection();

        var all = Assert.Throws<InvalidOperationException>(() => services.ConfigureHttpClientDefaults(clients => clients.AddWebhookSigning("hook", WebhookScheme.Stripe)));
        var unnamed = Assert.Throws<InvalidOperationException>(() => services.AddHttpClient("").AddWebhookSigning("hook", WebhookScheme.Stripe));

        Assert.Equal(all.Message, unnamed.Message);
        Assert.Contains("'hook'", all.Message, StringComparison.Ordinal);
        Assert.Contains("Call AddWebhookSigning on a named or typed client", all.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_name_starts_and_an_app_without_routing_too()
    {
        await using var app = Build();
        app.MapPost("/github", () => "").RequireWebhookSignature("hook", WebhookScheme.GitHub);
        await app.StartAsync(Ct);
        Assert.NotEmpty(app.Services.GetRequiredService<EndpointDataSource>().Endpoints);

        await using var empty = Build();
        empty.Run(context => context.Response.WriteAsync("hello"));
        await empty.StartAsync(Ct);
    }

    private static async Task<CredentialUnavailableException> FailAsync(WebApplication app)
    {
        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => app.StartAsync(Ct));

        // Not bound yet: otherwise it would be the port that was taken.
        Assert.All(app.Urls, url => Assert.EndsWith(":0", url, StringComparison.Ordinal));
        return error;
    }

    private static WebApplication Build(Action<IServiceCollection>? configure = null, bool hasCredentials = true, bool hasWebhooks = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        if (hasCredentials)
        {
            var backend = new FakeCredentialBackend(TimeProvider.System);
            backend.Add("hook", "one");
            builder.Services.AddRotatingCredentials().AddCredential("hook", c => c.UseBackend("hook", _ => backend).Configure(options => options.MinimumLength = 1));
        }

        if (hasWebhooks)
        {
            builder.Services.AddWebhookSignatures();
        }

        configure?.Invoke(builder.Services);
        return builder.Build();
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Http;

public sealed class SetupTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public void A_client_that_does_not_say_how_the_credential_is_sent_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Client().AddRotatingCredential("stripe", static _ => { }));

        Assert.Contains("HttpClient 'charges'", error.Message, StringComparison.Ordinal);
        Assert.Contains("credential 'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("h.Bearer()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_ways_of_sending_one_credential_are_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Client().AddRotatingCredential("stripe", static h => h.Bearer().Header("X-Api-Key")));

        Assert.Contains("header 'Authorization'", error.Message, StringComparison.Ordinal);
        Assert.Contains("header 'X-Api-Key'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_credentials_in_one_place_are_refused()
    {
        var client = Client().AddRotatingCredential("stripe", static h => h.Bearer());

        var error = Assert.Throws<InvalidOperationException>(() => client.AddRotatingCredential("other", static h => h.Basic("user")));

        Assert.Contains("HttpClient 'charges'", error.Message, StringComparison.Ordinal);
        Assert.Contains("credential 'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("credential 'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_credentials_in_two_places_are_both_sent_and_each_is_repeated_on_its_own()
    {
        var gateway = new ScriptedProvider("gateway").Rotate("g1", "gateway-old").Rotate("g2", "gateway-new");
        var stripe = new ScriptedProvider("stripe").Rotate("s1", "stripe-old").Rotate("s2", "stripe-new");
        await using var server = await LoopbackServer.StartAsync(static (request, _) => (request.Header("X-Gateway-Key"), request.Authorization) switch
        {
            ("gateway-old", "Bearer stripe-new") => Results.Ok(),
            ("gateway-new", _) => Results.StatusCode(StatusCodes.Status407ProxyAuthenticationRequired),
            _ => Results.Unauthorized(),
        });
        await using var clients = TestClients.Create(stripe, server, h => h.Bearer(), before: builder =>
        {
            builder.Services.AddKeyedSingleton<IRotatingCredentialProvider>("gateway", gateway);
            builder.AddRotatingCredential("gateway", static h => h.Header("X-Gateway-Key").RejectedWhen(static response =>
                response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired));
        });

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([("g2", CredentialOutcome.Rejected), ("g1", CredentialOutcome.Accepted)], gateway.Reports);
        Assert.Equal(("s2", CredentialOutcome.Answered), stripe.Reports.Last());
    }

    [Fact]
    public void A_credential_for_every_client_is_refused()
    {
        var services = new ServiceCollection();

        var error = Assert.Throws<InvalidOperationException>(() =>
            services.ConfigureHttpClientDefaults(static builder => builder.AddRotatingCredential("stripe", static h => h.Bearer())));

        Assert.Contains("'stripe'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_that_is_not_registered_stops_the_start()
    {
        var none = await StartAsync<CredentialUnavailableException>(static builder => builder.AddRotatingCredential("missing", static h => h.Bearer().AllowHosts("api.example.com")));
        var another = await StartAsync<CredentialUnavailableException>(static builder =>
        {
            var backend = new FakeCredentialBackend(TimeProvider.System);
            backend.Add("mail", "s3cret-of-mail");
            builder.Services.AddRotatingCredentials().AddCredential("mail", credential => credential.UseBackend("mail", _ => backend));
            builder.AddRotatingCredential("missing", static h => h.Bearer().AllowHosts("api.example.com"));
        });

        Assert.Equal("Credential 'missing': HttpClient 'charges' uses it, and the app has no rotating credentials. Call builder.Services.AddRotatingCredentials().AddCredential(\"missing\", ...).", none.Message);
        Assert.Contains("HttpClient 'charges' uses it, and it is not registered; registered are: mail.", another.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_a_known_host_stops_the_start()
    {
        var error = await StartAsync(static builder => builder.AddRotatingCredential("stripe", static h => h.Bearer()));
        Assert.Contains("BaseAddress", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typed_client_works_and_is_counted_under_its_name()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        var services = new ServiceCollection();
        services.AddKeyedSingleton<IRotatingCredentialProvider>("stripe", provider);
        services.AddHttpClient<TypedClient>(client => client.BaseAddress = server.Address).AddRotatingCredential("stripe", static h => h.Bearer());
        await using var container = services.BuildServiceProvider();

        await container.GetRequiredService<TypedClient>().Http.GetStringAsync("x", Ct);

        Assert.Equal("Bearer s3cret", Assert.Single(server.Requests).Authorization);
        Assert.Equal(1, provider.Uses("TypedClient", "v1"));
    }

    [Fact]
    public async Task Another_client_of_the_app_is_left_alone()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(static request => request.Path == "/next" ? Results.Ok() : Results.Redirect("/next"));
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        using var other = clients.Services.GetRequiredService<IHttpClientFactory>().CreateClient("other");

        await other.GetStringAsync(server.Address, Ct);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, static request => Assert.Null(request.Authorization));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bad name")]
    [InlineData("bad\nname")]
    [InlineData("Content-Type")]
    public void A_name_that_is_not_of_a_request_header_is_refused(string name) =>
        Assert.ThrowsAny<ArgumentException>(() => new HttpCredentialOptions().Header(name));

    [Theory]
    [InlineData("Token\n")]
    [InlineData("Tökên ")]
    public void A_prefix_that_a_header_cannot_carry_is_refused(string prefix) =>
        Assert.Throws<ArgumentException>(() => new HttpCredentialOptions().Header("X-Api-Key", prefix));

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("a\nb")]
    public void A_user_name_that_Basic_cannot_carry_is_refused(string userName) =>
        Assert.ThrowsAny<ArgumentException>(() => new HttpCredentialOptions().Basic(userName));

    [Fact]
    public void A_wait_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HttpCredentialOptions().MaxReplayWait = TimeSpan.FromTicks(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HttpCredentialOptions().MaxReplayWait = TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromSeconds(5), new HttpCredentialOptions().MaxReplayWait);
    }

    private static IHttpClientBuilder Client() => new ServiceCollection().AddHttpClient("charges");

    private static Task<InvalidOperationException> StartAsync(Action<IHttpClientBuilder> configure) => StartAsync<InvalidOperationException>(configure);

    private static async Task<TError> StartAsync<TError>(Action<IHttpClientBuilder> configure)
        where TError : Exception
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddKeyedSingleton<IRotatingCredentialProvider>("stripe", new ScriptedProvider("stripe"));
        configure(builder.Services.AddHttpClient("charges"));
        using var host = builder.Build();
        return await Assert.ThrowsAsync<TError>(() => host.StartAsync(Ct));
    }

    private sealed class TypedClient(HttpClient http)
    {
        public HttpClient Http => http;
    }
}

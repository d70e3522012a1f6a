using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Tests.Http;

public sealed class HostTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api.example.com", "https://api.example.com/x", true)]
    [InlineData("api.example.com", "https://API.example.COM/x", true)]
    [InlineData("API.Example.com", "https://api.example.com:443/x", true)]
    [InlineData("api.example.com", "https://api.example.com:8443/x", false)]
    [InlineData("api.example.com", "https://api.example.com.evil.test/x", false)]
    [InlineData("api.example.com", "https://evil.test/api.example.com", false)]
    [InlineData("api.example.com", "https://api.example.com@evil.test/x", false)]
    [InlineData("api.example.com", "https://sub.api.example.com/x", false)]
    [InlineData("api.example.com", "http://api.example.com/x", false)]
    [InlineData("api.example.com", "http://api.example.com:443/x", false)]
    [InlineData("api.example.com:8443", "https://api.example.com:8443/x", true)]
    [InlineData("api.example.com:8443", "https://api.example.com/x", false)]
    [InlineData("http://api.example.com", "http://api.example.com/x", true)]
    [InlineData("http://api.example.com", "https://api.example.com/x", false)]
    [InlineData("http://api.example.com:8080", "http://api.example.com:8080/x", true)]
    [InlineData("https://api.example.com", "https://api.example.com/x", true)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/x", true)]
    [InlineData("xn--bcher-kva.example", "https://Bücher.example/x", true)]
    [InlineData("localhost:5000", "http://localhost:5000/x", true)]
    [InlineData("localhost:5000", "https://localhost:5000/x", true)]
    [InlineData("localhost", "http://localhost/x", true)]
    [InlineData("127.0.0.1", "http://localhost/x", false)]
    [InlineData("[::1]:5000", "http://[::1]:5000/x", true)]
    [InlineData("[2001:db8::1]", "https://[2001:DB8:0::1]/x", true)]
    [InlineData("[2001:db8::1]", "http://[2001:db8::1]/x", false)]
    public async Task An_allowed_host_is_exact(string allowed, string address, bool stamped)
    {
        var (seen, warnings) = await SendAsync(baseAddress: null, h => h.Bearer().AllowHosts(allowed), address);

        Assert.Equal(stamped ? "Bearer s3cret" : null, Assert.Single(seen));
        Assert.Equal(stamped ? 0 : 1, warnings);
    }

    [Theory]
    [InlineData("https://api.example.com/v1/", "https://api.example.com/x", true)]
    [InlineData("https://api.example.com/v1/", "https://other.example.com/x", false)]
    [InlineData("https://api.example.com/v1/", "http://api.example.com/x", false)]
    [InlineData("http://localhost:5000", "http://localhost:5000/x", true)]
    [InlineData("http://localhost:5000", "http://localhost:5001/x", false)]
    public async Task Without_allowed_hosts_it_is_the_host_of_the_base_address(string baseAddress, string address, bool stamped)
    {
        var (seen, _) = await SendAsync(baseAddress, h => h.Bearer(), address);
        Assert.Equal(stamped ? "Bearer s3cret" : null, Assert.Single(seen));
    }

    [Fact]
    public async Task Allowed_hosts_replace_the_base_address()
    {
        var (seen, _) = await SendAsync("https://api.example.com", h => h.Bearer().AllowHosts("other.example.com"), "x", "https://other.example.com/x");
        Assert.Equal([null, "Bearer s3cret"], seen);
    }

    [Fact]
    public async Task A_request_elsewhere_keeps_what_its_sender_set_and_counts_nothing()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var elsewhere = await LoopbackServer.StartAsync(_ => Results.Unauthorized());
        await using var clients = TestClients.Create(provider, new Uri("https://api.example.com"), h => h.Bearer());
        clients.Client.DefaultRequestHeaders.Authorization = new("Bearer", "mine");

        using var response = await clients.Client.GetAsync(elsewhere.Address, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer mine", Assert.Single(elsewhere.Requests).Authorization);
        Assert.Equal(0, provider.Uses("charges", "v1"));
        Assert.Empty(provider.Reports);
    }

    [Fact]
    public async Task A_host_elsewhere_is_warned_of_once_and_only_so_many_are()
    {
        var addresses = Enumerable.Range(0, 200).SelectMany(static i => new[] { $"https://h{i}.example.com/a", $"https://h{i}.example.com/b" });
        var (seen, warnings) = await SendAsync("https://api.example.com", h => h.Bearer(), [.. addresses]);

        Assert.All(seen, Assert.Null);
        Assert.Equal(64, warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("*.example.com")]
    [InlineData("api.example.com/v1")]
    [InlineData("https://api.example.com/v1")]
    [InlineData("ftp://api.example.com")]
    [InlineData("user@api.example.com")]
    [InlineData("api.example.com?x=1")]
    [InlineData("api.example.com#x")]
    [InlineData("api.example.com:99999")]
    [InlineData("two hosts")]
    public void An_entry_that_is_not_a_host_is_refused(string entry)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new HttpCredentialOptions().AllowHosts(entry));
        Assert.True(string.IsNullOrWhiteSpace(entry) || error.Message.Contains($"'{entry}' is not a host", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_without_a_known_host_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            TestClients.Create(new ScriptedProvider("stripe"), baseAddress: null, h => h.Bearer()));

        Assert.Contains("HttpClient 'charges'", error.Message, StringComparison.Ordinal);
        Assert.Contains("credential 'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("AllowHosts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_address_in_clear_text_is_refused_and_the_message_says_how_to_allow_it()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            TestClients.Create(new ScriptedProvider("stripe"), new Uri("http://payments.internal:8080/v1"), h => h.Bearer()));

        Assert.Contains("HttpClient 'charges'", error.Message, StringComparison.Ordinal);
        Assert.Contains("credential 'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("AllowHosts(\"http://payments.internal:8080\")", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5123/x", "AllowHosts(\"http://127.0.0.1:5123\")")]
    [InlineData("https://files.stripe.com:8443/x", "AllowHosts(\"files.stripe.com:8443\")")]
    [InlineData("https://files.stripe.com/x", "AllowHosts(\"files.stripe.com\")")]
    public async Task A_request_without_the_credential_says_what_to_write_and_that_works(string address, string entry)
    {
        using var stub = new StubHandler(static _ => new HttpResponseMessage(HttpStatusCode.OK));
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var clients = TestClients.Create(
            provider, new Uri("https://api.stripe.com"), h => h.Bearer(), after: builder => builder.ConfigurePrimaryHttpMessageHandler(() => stub));

        (await clients.Client.GetAsync(address, Ct)).Dispose();

        var warning = Assert.Single(clients.Log.GetSnapshot(), static record => record.Id.Id == 300);
        Assert.Contains(entry, warning.Message, StringComparison.Ordinal);
        var (authorizations, _) = await SendAsync("https://api.stripe.com", h => h.Bearer().AllowHosts(entry.Split('"')[1]), address);
        Assert.Equal(["Bearer s3cret"], authorizations);
    }

    private static async Task<(List<string?> Authorizations, int Warnings)> SendAsync(
        string? baseAddress, Action<HttpCredentialOptions> configure, params string[] addresses)
    {
        var seen = new List<string?>();
        using var stub = new StubHandler(request =>
        {
            seen.Add(request.Headers.Authorization?.ToString());
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        await using var clients = TestClients.Create(
            new ScriptedProvider("stripe").Rotate("v1", "s3cret"),
            baseAddress is null ? null : new Uri(baseAddress),
            configure,
            after: builder => builder.ConfigurePrimaryHttpMessageHandler(() => stub));
        foreach (var address in addresses)
        {
            (await clients.Client.GetAsync(address, Ct)).Dispose();
        }

        return (seen, clients.Log.GetSnapshot().Count(static record => record.Id.Id == 300));
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

public sealed class ApiKeyOptionsTests
{
    private static Dictionary<string, Action<RotatingApiKeyOptions>> Mistakes => new()
    {
        ["it has no client"] = _ => { },
        ["MaxKeyLength is 5"] = options => options.AddClient("acme").MaxKeyLength = 5,
        ["MaxKeyLength is 8193"] = options => options.AddClient("acme").MaxKeyLength = 8193,
        ["client 'a_b' contains the PrefixSeparator"] = options => options.AddClient("acme").AddClient("a_b", "acme"),
        ["client 'für' contains characters other than visible ASCII"] = options => options.AddClient("acme").AddClient("für", "acme"),
        ["PrefixSeparator is not a visible ASCII character"] = options => options.AddClient("acme").AddClient("globex", "acme").PrefixSeparator = ' ',
        ["HeaderName is not a name"] = options => options.AddClient("acme").HeaderName = "X Api Key",
        ["AuthorizationScheme is not a name"] = options => options.AddClient("acme").AuthorizationScheme = "Bearer:",
        ["ClientIdHeaderName is not a name"] = options => options.AddClient("acme").ClientIdHeaderName = "",
        ["ClientIdHeaderName and HeaderName are the same header"] = options => options.AddClient("acme").ClientIdHeaderName = "x-api-key",
        ["client 'acme' is added twice"] = options => options.AddClient("acme").AddClient("acme"),
        ["DeprecationLink is relative"] = options => options.AddClient("acme").DeprecationLink = new Uri("/rotate", UriKind.Relative),
    };

    public static TheoryData<string> MistakeNames => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public async Task What_cannot_work_stops_the_start(string mistake)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiKeyApp.StartAsync(Mistakes[mistake], "acme"));

        Assert.Contains($"API key scheme 'ApiKey': {mistake}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Names_are_not_empty(string name)
    {
        Assert.Throws<ArgumentException>(() => new RotatingApiKeyOptions().AddClient(name));
        Assert.Throws<ArgumentException>(() => new RotatingApiKeyOptions().AddClient("acme", name));
    }

    [Fact]
    public async Task A_client_whose_credential_is_not_registered_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => ApiKeyApp.StartAsync(options => options.AddClient("acme", "acme-keys"), "other"));

        Assert.Equal(
            "Credential 'acme-keys': API key scheme 'ApiKey', client 'acme', uses it, and it is not registered; registered are: other. "
            + "Add it with AddRotatingCredentials().AddCredential(name, ...) or correct the name.",
            error.Message);
    }

    [Fact]
    public async Task An_app_without_credentials_does_not_start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddAuthentication().AddRotatingApiKey(options => options.AddClient("acme"));
        await using var app = builder.Build();

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            "Credential 'acme': API key scheme 'ApiKey', client 'acme', uses it, and the app has no rotating credentials. "
            + "Call builder.Services.AddRotatingCredentials().AddCredential(\"acme\", ...).",
            error.Message);
    }
}

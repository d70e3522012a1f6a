using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>An event names a secret by its address; so does the backend.</summary>
public sealed class SignalTests : VaultTest
{
    [Theory]
    [InlineData("https://my-vault.vault.azure.net", "stripe-api-key", "https://my-vault.vault.azure.net/secrets/stripe-api-key")]
    [InlineData("https://my-vault.vault.azure.net/", "a", "https://my-vault.vault.azure.net/secrets/a")]
    [InlineData("https://my-vault.vault.azure.cn:443", "a", "https://my-vault.vault.azure.cn/secrets/a")]
    public void A_secret_is_where_its_events_say(string vault, string name, string location)
    {
        Assert.Equal(location, CreateBackend(vault: new Uri(vault)).Locate(name));
    }

    [Fact]
    public async Task A_signal_brings_the_new_version_in_one_round_trip()
    {
        SetLater("one");
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(CreateClient());
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential.FromAzureKeyVault(Name));
        await using var app = services.BuildServiceProvider();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        var second = SetLater("two");
        var signals = app.GetRequiredService<ICredentialSignals>();
        var published = new TaskCompletionSource();
        using var registration = provider.GetChangeToken().RegisterChangeCallback(_ => published.TrySetResult(), state: null);
        var calls = Server.Calls.Vault;

        Assert.Empty(signals.Signal(new Uri(Server.VaultUri, "/secrets/other").AbsoluteUri));
        Assert.Equal(["stripe"], signals.Signal(new Uri(Server.VaultUri, $"/secrets/{Name.ToUpperInvariant()}").AbsoluteUri));
        Time.Advance(TimeSpan.FromMilliseconds(10));
        await published.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(second.Id, provider.Current.VersionId);

        // One list call, and one get of the value that is new.
        Assert.Equal(2, Server.Calls.Vault - calls);
    }
}

using System.Net.Http.Json;
using CustomBackend.LocalVault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>As an app has it: declared, loaded, rotated, and kept when Vault is away.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly string _tokenFile = Path.GetTempFileName();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_tokenFile);

    [Fact]
    public async Task An_app_follows_the_secret_and_keeps_what_it_has_while_Vault_is_sealed()
    {
        await using var server = await LocalVaultServer.StartAsync(TimeProvider.System);
        await File.WriteAllTextAsync(_tokenFile, LocalVaultServer.Token, Ct);
        await PutAsync(server, "first-value");
        using var app = App(server.Address);
        await app.StartAsync(Ct);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
        Assert.Equal("first-value", provider.Current.Reveal());

        await PutAsync(server, "second-value");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("second-value", provider.Current.Reveal());
        Assert.Equal(2, provider.Credentials.Presentable.Count);

        server.IsSealed = true;
        var error = await Assert.ThrowsAsync<BackendException>(async () => await provider.RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Contains("sealed", error.Message, StringComparison.Ordinal);
        Assert.Equal("second-value", provider.Current.Reveal());
        await app.StopAsync(Ct);
    }

    [Fact]
    public void A_declaration_that_cannot_work_says_so_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => App(new Uri("http://vault.example.com:8200")));

        Assert.Contains("'partner'", error.Message, StringComparison.Ordinal);
        Assert.Contains("clear text", error.Message, StringComparison.Ordinal);
    }

    private IHost App(Uri address)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRotatingCredentials().AddCredential("partner", credential => credential.FromVault("team/key", vault =>
        {
            vault.Address = address;
            vault.TokenFile = _tokenFile;
            vault.Field = "value";
        }));
        return builder.Build();
    }

    private static async Task PutAsync(LocalVaultServer server, string value)
    {
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { { "X-Vault-Token", LocalVaultServer.Token } } };
        using var answer = await client.PostAsJsonAsync(new Uri("v1/secret/data/team/key", UriKind.Relative), new { data = new { value } }, Ct);
        answer.EnsureSuccessStatusCode();
    }
}

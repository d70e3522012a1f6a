using System.Net.Http.Json;
using CustomBackend.LocalVault;
using Microsoft.Extensions.Configuration;
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
        using var app = await StartAsync(server);
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
    public async Task What_ended_in_the_store_is_not_used_even_if_nothing_else_is_there()
    {
        await using var server = await LocalVaultServer.StartAsync(TimeProvider.System);
        using var app = await StartAsync(server);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");

        await PostAsync(server, "v1/secret/delete/team/key", new { versions = new[] { 1 } });
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var error = Assert.Throws<CredentialUnavailableException>(() => provider.Current);
        await PutAsync(server, "second-value");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Contains("is disabled", error.Message, StringComparison.Ordinal);
        Assert.Equal("second-value", provider.Current.Reveal());
        await app.StopAsync(Ct);
    }

    [Theory]
    [InlineData("30s", null)]
    [InlineData("00:00:30", null)]
    [InlineData("24", "WrapFor is not a duration. Write a number and a unit, such as 500ms")]
    public void A_time_is_written_as_any_other_is(string time, string? mistake)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["C:partner:Vault:Path"] = "team/key", ["C:partner:Vault:Address"] = "https://vault.test", ["C:partner:Vault:WrapFor"] = time });
        builder.Services.AddRotatingCredentials(builder.Configuration.GetSection("C")).AddVault();
        using var app = builder.Build();

        var error = Record.Exception(() => app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner"));

        Assert.Equal(mistake is null, error is null);
        Assert.Contains(mistake ?? "", error?.Message ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("Vault: C:", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_with_a_credential_that_is_not_declared_says_which_one_and_which_there_are()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRotatingCredentials()
            .AddCredential("vault-secret-id", static credential => credential.FromConfiguration("Id"))
            .AddCredential("partner", static credential => credential.FromVault("team/key", static vault =>
            {
                vault.Address = new Uri("https://vault.test");
                vault.Login = VaultLogin.AppRole("role-1", "vault-secret-ids");
            }));
        using var app = builder.Build();
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");

        var error = await Assert.ThrowsAsync<BackendException>(async () => await provider.RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("'vault-secret-ids'", error.Message, StringComparison.Ordinal);
        Assert.Contains("vault-secret-id", error.Message.Replace("'vault-secret-ids'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_declaration_that_cannot_work_says_so_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => App(new Uri("http://vault.example.com:8200")));

        Assert.Contains("'partner'", error.Message, StringComparison.Ordinal);
        Assert.Contains("clear text", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An app that has loaded the first value.</summary>
    private async Task<IHost> StartAsync(LocalVaultServer server)
    {
        await File.WriteAllTextAsync(_tokenFile, LocalVaultServer.Token, Ct);
        await PutAsync(server, "first-value");
        var app = App(server.Address);
        await app.StartAsync(Ct);
        return app;
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

    private static Task PutAsync(LocalVaultServer server, string value) => PostAsync(server, "v1/secret/data/team/key", new { data = new { value } });

    private static async Task PostAsync<T>(LocalVaultServer server, string path, T body)
    {
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { { "X-Vault-Token", LocalVaultServer.Token } } };
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Ct);
        answer.EnsureSuccessStatusCode();
    }
}

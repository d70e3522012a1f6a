using System.Net.Http.Headers;
using CustomBackend;
using CustomBackend.LocalVault;
using CustomBackend.Suite;

namespace Nhi.Rotation.Testing.Tests.CustomBackend;

public sealed class LocalVault : IAsyncLifetime
{
    public LocalVaultServer Server { get; private set; } = null!;

    public VaultFixture Fixture { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await LocalVaultServer.StartAsync(TimeProvider.System);
        Fixture = new VaultFixture(Server.Address, LocalVaultServer.Token, LocalVaultServer.Mount, vaultNamespace: null, TimeProvider.System);
    }

    /// <summary>Writes a key's metadata as an operator would.</summary>
    public async Task DescribeAsync(string key, string body)
    {
        using var http = VaultClient.Create(Server.Address, LocalVaultServer.Token, vaultNamespace: null);
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync(new Uri($"v1/{LocalVaultServer.Mount}/metadata/{key}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        await Server.DisposeAsync();
    }
}

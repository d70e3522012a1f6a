using System.Text;
using Google.Apis.Auth.OAuth2;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Secrets;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>A server, and a backend that asks it.</summary>
internal sealed class BackendFixture : IAsyncDisposable
{
    public const string Name = "projects/shop/secrets/key";

    private readonly GoogleConnection _connection;

    private BackendFixture(SecretManagerServer server, AliasNames aliases, GoogleConnection connection)
    {
        Server = server;
        _connection = connection;
        Backend = new SecretManagerBackend(new SecretApi(connection, server.Address), aliases, Logger);
    }

    public SecretManagerServer Server { get; }

    public SecretManagerBackend Backend { get; }

    public FakeLogger Logger { get; } = new();

    public static async Task<BackendFixture> StartAsync(AliasNames? aliases = null, string token = SecretManagerServer.Token, Func<HttpMessageHandler>? transport = null) =>
        new(await SecretManagerServer.StartAsync(), aliases ?? AliasNames.Default, new GoogleConnection(GoogleCredential.FromAccessToken(token), transport));

    public static BackendRequest Request(string key = Name, params string[] known) => new("cred", key, known.ToHashSet(StringComparer.Ordinal));

    public ValueTask<BackendListing> ListAsync(string key = Name, params string[] known) => Backend.ListAsync(Request(key, known), TestContext.Current.CancellationToken);

    public async Task<string[]> KnownAsync(string key = Name)
    {
        var listing = await ListAsync(key);
        Server.Calls.Clear();
        return [.. listing.Versions.Select(version => version.Id)];
    }

    public long Add(string value, string name = Name) => Server.Add(name, Encoding.UTF8.GetBytes(value));

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>How listings are written in tests.</summary>
internal static class Revealing
{
    /// <summary>The value of a listed version, in the only way there is: through a credential.</summary>
    public static string Text(this BackendVersion version) => new Credential("cred", version.Id, version.Value!).Reveal();

    /// <summary>Labels and values in order, such as <c>Previous=a, Current=b, Pending=?</c>; <c>!</c> is revoked, <c>-</c> disabled.</summary>
    public static string Summary(this BackendListing listing) => string.Join(", ", listing.Versions.Select(version =>
        $"{version.Label}={(version.Value is null ? "?" : version.Text())}{(version.RevokedBecause is null ? "" : "!")}{(version.IsEnabled ? "" : "-")}"));
}

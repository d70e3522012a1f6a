using System.Security.Cryptography;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Secrets;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>Who asks: application default credentials, a service account's key, and what is wrong with them.</summary>
public sealed class IdentityTests : IDisposable
{
    private const string Variable = "GOOGLE_APPLICATION_CREDENTIALS";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);
    private readonly string _file = Path.Join(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

    public IdentityTests() => Environment.SetEnvironmentVariable(Variable, _file);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Application_default_credentials_are_looked_for_until_they_are_there_and_then_get_a_token()
    {
        await using var server = await SecretManagerServer.StartAsync();
        server.Add(BackendFixture.Name, "one"u8.ToArray());
        using var connection = new GoogleConnection(null);
        var backend = new SecretManagerBackend(new SecretApi(connection, server.Address), AliasNames.Default, NullLogger.Instance);

        var error = await Assert.ThrowsAsync<BackendException>(() => backend.ListAsync(BackendFixture.Request(), Ct).AsTask());
        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("gcloud auth application-default login", error.Fix, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_file, ServiceAccount(server), Ct);
        Assert.Equal("None=one", (await backend.ListAsync(BackendFixture.Request(), Ct)).Summary());
    }

    [Theory]
    [InlineData(400, "invalid_grant", BackendFailure.AccessDenied, "no access token could be had (invalid_grant)")]
    [InlineData(401, "CANARY-5be2d1c7-never-shown", BackendFailure.AccessDenied, "no access token could be had (refused)")]
    [InlineData(503, "CANARY-5be2d1c7-never-shown", BackendFailure.Unavailable, "no access token could be had")]
    public async Task A_service_account_that_gets_no_token_is_an_error_with_a_fix(int status, string code, BackendFailure failure, string cause)
    {
        await using var server = await SecretManagerServer.StartAsync();
        server.Tokens = SecretManagerServer.Answer(status, JsonSerializer.Serialize(new { error = code, error_description = GoogleError.Canary }));
        using var connection = new GoogleConnection(CredentialFactory.FromJson<ServiceAccountCredential>(ServiceAccount(server)).ToGoogleCredential());
        var backend = new SecretManagerBackend(new SecretApi(connection, server.Address), AliasNames.Default, NullLogger.Instance);

        var error = await Assert.ThrowsAsync<BackendException>(() => backend.ListAsync(BackendFixture.Request(), Ct).AsTask());

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(GoogleError.Canary, error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        File.Delete(_file);
    }

    private static string ServiceAccount(SecretManagerServer server)
    {
        using var key = RSA.Create(2048);
        return JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "shop",
            private_key_id = "1",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            client_email = "app@shop.iam.gserviceaccount.com",
            client_id = "1",
            token_uri = new Uri(server.Address, "/token").AbsoluteUri,
        });
    }
}

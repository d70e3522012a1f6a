using System.Net;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>Tokens fetched by Azure.Identity itself: this package knows its exceptions only by name.</summary>
public sealed class IdentityTests : VaultTest
{
    [Fact]
    public async Task A_client_secret_credential_follows_the_challenge_to_the_tenants_token_endpoint()
    {
        SetLater("v");

        Assert.Single((await ListAsync(CreateBackend(credential: Credential()))).Versions);

        Assert.Equal(1, Server.Calls[VaultOperation.Token]);
    }

    [Fact]
    public async Task A_wrong_client_secret_is_denied()
    {
        var error = await FailAsync(CreateBackend(credential: Credential("wrong")));

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("the identity service refuses a token", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_of_another_tenant_that_may_not_leave_it_is_denied()
    {
        var error = await FailAsync(CreateBackend(credential: Credential(tenant: Guid.NewGuid())));

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("the vault's tenant", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_endpoint_that_does_not_accept_connections_is_a_transient_failure()
    {
        int closed;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            closed = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var error = await FailAsync(CreateBackend(credential: Credential(transport: Server.CreateTransport(closed))));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("the identity service does not answer", error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_token_endpoint_that_fails_is_a_transient_failure(int status)
    {
        Server.Faults.Add(VaultOperation.Token, Fault.Body($$"""{"error":"temporarily_unavailable","error_description":"{{Fault.Canary}}"}""", status: status));

        var error = await FailAsync(CreateBackend(credential: Credential()));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
    }

    [Fact]
    public async Task An_app_without_any_identity_is_misconfigured()
    {
        var error = await FailAsync(CreateBackend(credential: new EnvironmentCredential()));

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("the app has no identity", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_waited_for_in_vain_ends_with_the_attempt()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Faults.Add(VaultOperation.Token, new Fault(context =>
        {
            arrived.TrySetResult();
            return Fault.NoAnswer.Apply(context);
        }));
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var listing = CreateBackend(credential: Credential()).ListAsync(Request(), attempt.Token).AsTask();
        await arrived.Task.WaitAsync(Ct);
        await attempt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    private TokenCredential Credential(string secret = EntraTenant.ClientSecret, Guid? tenant = null, HttpPipelineTransport? transport = null)
    {
        var options = new ClientSecretCredentialOptions { Transport = transport ?? Server.CreateTransport(), DisableInstanceDiscovery = true };
        options.Retry.MaxRetries = 0;
        return new ClientSecretCredential((tenant ?? Server.Tenant.Id).ToString(), EntraTenant.ClientId, secret, options);
    }
}

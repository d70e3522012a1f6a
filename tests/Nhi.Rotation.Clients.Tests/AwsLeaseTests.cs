using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using DynamicDatabase.LocalVault;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.Clients.Tests;

/// <summary>Access keys that Vault's AWS engine leases, in a client of the AWS SDK. The service checks real signatures; it is not AWS.</summary>
public sealed class AwsLeaseTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly SignatureVerifier _verifier = new(TimeProvider.System, "sqs");
    private readonly ConcurrentQueue<string> _answered = new();
    private readonly string _tokenFile = Path.GetTempFileName();
    private LeasingVault _vault = null!;
    private int _made;

    public async ValueTask InitializeAsync()
    {
        _vault = await LeasingVault.StartAsync(new LeaseEngine(TimeProvider.System, MakeKeyAsync, DeleteKeyAsync));
        await File.WriteAllTextAsync(_tokenFile, LeasingVault.Token, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_tokenFile);
        await _vault.DisposeAsync();
    }

    [Theory]
    [InlineData("iam-user")]
    [InlineData("assumed-role")]
    public async Task A_request_is_signed_with_the_lease_and_again_with_the_next_one_when_its_user_was_deleted_by_hand(string role)
    {
        await using var server = await TestApp.ServeAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.ContentType = "application/x-amz-json-1.0";
            try
            {
                _verifier.Verify(context.Request, body.ToArray());
                _answered.Enqueue(context.Request.Headers.Authorization.ToString().Split('=')[1].Split('/')[0]);
                await context.Response.WriteAsync("""{"QueueUrls":["q"]}""", Ct);
            }
            catch (ServiceError error)
            {
                context.Response.StatusCode = error.Status;
                await context.Response.WriteAsync($$"""{"__type":"com.amazonaws.sqs#{{error.Type}}","message":"no"}""", Ct);
            }
        });
        await using var app = new TestApp("unused", credentials => credentials.AddCredential("queues", credential => credential.FromVaultLease($"aws/creds/{role}", lease =>
        {
            lease.Address = _vault.Address;
            lease.TokenFile = _tokenFile;
        })));
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("queues");
        await provider.GetCurrentAsync(Ct);
        using var client = new AmazonSQSClient(provider.ToAWSCredentials(), new AmazonSQSConfig { ServiceURL = server.Urls.First(), AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });

        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);
        _verifier.Identities.Clear();
        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);

        Assert.Equal(["AKID1", "AKID2"], _answered);
        Assert.Equal(2, _vault.Engine.Counts.Made);
        Assert.Equal(CredentialStage.Current, provider.Current.Stage);
    }

    private Task<JsonObject?> MakeKeyAsync(string role)
    {
        var number = Interlocked.Increment(ref _made);
        var session = role == "assumed-role" ? $"session-{number}" : null;
        _verifier.Identities[$"AKID{number}"] = new TestIdentity($"AKID{number}", $"secret/{number}", session);
        var answer = new JsonObject { ["access_key"] = $"AKID{number}", ["secret_key"] = $"secret/{number}", ["security_token"] = session };
        if (session is not null)
        {
            answer["arn"] = "arn:aws:sts::123456789012:assumed-role/deploy/vault-test";
        }

        return Task.FromResult<JsonObject?>(answer);
    }

    // Of a role nothing is deleted: its keys live until their end.
    private Task DeleteKeyAsync(JsonObject data)
    {
        if (data["security_token"] is null)
        {
            _verifier.Identities.Remove(data["access_key"]!.GetValue<string>());
        }

        return Task.CompletedTask;
    }
}

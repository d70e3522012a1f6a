using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Vault;

namespace Nhi.Rotation.AotApp;

/// <summary>The cloud backends and SPIFFE's, compiled and run as far as a network that refuses them: what is checked is that each SDK works when trimmed.</summary>
internal static class Clouds
{
    private static readonly Uri Nowhere = new("https://localhost:1");

    /// <summary>What each backend said, by credential.</summary>
    public static async Task<Dictionary<string, BackendFailure>> AskAsync(CancellationToken ct)
    {
        var tokenFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(tokenFile, "token", ct);
        var services = new ServiceCollection();
        services.AddSingleton<TokenCredential>(new NoToken());
        services.AddSingleton(new AWSOptions { Credentials = new BasicAWSCredentials("id", "key"), DefaultClientConfig = { ServiceURL = Nowhere.AbsoluteUri, MaxErrorRetry = 0 } });
        services.AddSpiffe(spiffe => spiffe.EndpointSocket = "unix:///nowhere/agent.sock");
        services.AddRotatingCredentials()
            .AddCredential("spiffe", c => c.FromSpiffe())
            .AddCredential("vault", c => c.FromVault("secret", o => (o.Address, o.TokenFile) = (Nowhere, tokenFile)))
            .AddCredential("vault lease", c => c.FromVaultLease("database/creds/app", o => (o.Address, o.Login) = (Nowhere, VaultLogin.Kubernetes("app", "/nowhere/token"))))
            .AddCredential("token", c => c.FromSpiffeJwt("orders"))
            .AddCredential("azure", c => c.FromAzureKeyVault(Nowhere, "secret"))
            .AddCredential("aws", c => c.FromAwsSecretsManager("secret"))
            .AddCredential("parameter", c => c.FromAwsParameterStore("/parameter"))
            .ListenToSecretsManagerEvents(new Uri(Nowhere, "/123456789012/queue"));
        await using var provider = services.BuildServiceProvider();
        var failures = new Dictionary<string, BackendFailure>();
        foreach (var name in (string[])["azure", "aws", "parameter", "spiffe", "token", "vault", "vault lease"])
        {
            try
            {
                await provider.GetRequiredKeyedService<IRotatingCredentialProvider>(name).RefreshAsync(RefreshReason.Requested, ct);
            }
            catch (BackendException error)
            {
                Console.WriteLine(error.Message);
                failures.Add(name, error.Failure);
            }
        }

        File.Delete(tokenFile);
        return failures;
    }

    private sealed class NoToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}

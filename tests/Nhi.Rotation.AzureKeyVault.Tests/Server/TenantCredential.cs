using System.Collections.Concurrent;
using Azure.Core;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>An identity of a tenant, without a token endpoint in between.</summary>
public sealed class TenantCredential(EntraTenant tenant) : TokenCredential
{
    /// <summary>What clients asked for.</summary>
    public ConcurrentQueue<TokenRequestContext> Requests { get; } = new();

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Requests.Enqueue(requestContext);
        var (token, expires) = tenant.Issue(requestContext.Scopes.Single().Replace("/.default", string.Empty, StringComparison.Ordinal));
        return new AccessToken(token, expires);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}

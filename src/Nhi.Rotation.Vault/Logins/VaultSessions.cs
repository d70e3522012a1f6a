using System.Collections.Concurrent;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>The tokens of the application's own logins: one for each login, address and namespace, never shared between two of those. At the end they are revoked, after the leases.</summary>
internal sealed class VaultSessions : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(Uri Address, string? Namespace, LoginTerms Terms), LoginTokens> _tokens = new();

    public ITokens Get(VaultSettings settings, LoginTerms terms, Func<LoginTokens> create) => _tokens.GetOrAdd((settings.Address.Uri!, settings.Namespace, terms), _ => create());

    public async ValueTask DisposeAsync()
    {
        using var end = new CancellationTokenSource(Limit);
        await Task.WhenAll(_tokens.Values.Select(tokens => EndAsync(tokens, end.Token))).ConfigureAwait(false);
        Dispose();
    }

    public void Dispose()
    {
        foreach (var tokens in _tokens.Values)
        {
            tokens.Dispose();
        }
    }

    private static async Task EndAsync(LoginTokens tokens, CancellationToken ct)
    {
        try
        {
            await tokens.EndAsync(ct).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The application ends; the token does too, by its time.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nobody is left to be told.
        }
    }
}

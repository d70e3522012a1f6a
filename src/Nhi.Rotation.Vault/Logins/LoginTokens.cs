using System.Diagnostics;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>
/// The token of a login of our own: had on first use, renewed on use when two thirds of its time are over, and replaced by another login when it cannot be renewed any further. What works is used to its end.
/// </summary>
internal sealed class LoginTokens(VaultWire wire, ILogin login) : ITokens, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private VaultToken? _token;
    private DateTimeOffset _grantedOn;
    private TimeSpan _duration;
    private bool _isRenewable;

    public async ValueTask<VaultToken> GetAsync(string credentialName, CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var now = wire.Time.GetUtcNow();
            if (_token is not { } token || token.EndsOn <= now)
            {
                return await LogInAsync(credentialName, ct).ConfigureAwait(false);
            }

            return TokenSchedule.IsDue(_grantedOn, token.EndsOn, now) ? await ProlongAsync(credentialName, token, ct).ConfigureAwait(false) : token;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<VaultToken?> GetAnotherAsync(string credentialName, VaultToken denied, CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!ReferenceEquals(_token, denied))
            {
                return _token;
            }

            var look = new VaultCall(credentialName, HttpMethod.Get, "/v1/auth/token/lookup-self", "'read' on 'auth/token/lookup-self'");
            try
            {
                await wire.SendAsync(look, denied, ct).ConfigureAwait(false);
                return null; // It is valid: what was denied, its policy denies.
            }
            catch (BackendException error) when (error.Failure == BackendFailure.AccessDenied)
            {
                return await LogInAsync(credentialName, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Ends the token, and with it whatever was made with it and is still there. What fails ends by its time.</summary>
    public async ValueTask EndAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _token, null) is { } token)
        {
            await wire.SendAsync(VaultCall.Write("vault", "auth/token/revoke-self", new Dictionary<string, System.Text.Json.JsonElement>()), token, ct).ConfigureAwait(false);
        }
    }

    private async Task<VaultToken> ProlongAsync(string credentialName, VaultToken token, CancellationToken ct)
    {
        try
        {
            if (_isRenewable && await RenewAsync(credentialName, token, ct).ConfigureAwait(false))
            {
                return token;
            }

            return await LogInAsync(credentialName, ct).ConfigureAwait(false);
        }
        catch (BackendException) when (token.EndsOn > wire.Time.GetUtcNow())
        {
            // It works for a while yet; the next use tries again.
            return token;
        }
    }

    private async Task<bool> RenewAsync(string credentialName, VaultToken token, CancellationToken ct)
    {
        var now = wire.Time.GetUtcNow();
        VaultReply reply;
        try
        {
            reply = await wire.SendAsync(VaultCall.Write(credentialName, "auth/token/renew-self", new Dictionary<string, System.Text.Json.JsonElement>()), token, ct).ConfigureAwait(false);
        }
        catch (BackendException denied) when (denied.Failure == BackendFailure.AccessDenied)
        {
            return false;
        }

        if (reply.IsRefused || reply.Read(VaultJson.Default.LoginAnswer).Auth is not { } renewed)
        {
            return false;
        }

        var granted = TimeSpan.FromSeconds(renewed.LeaseDuration);
        (_grantedOn, token.EndsOn) = (now, now + granted);
        _isRenewable = renewed.Renewable;
        return !TokenSchedule.IsLast(granted, _duration);
    }

    // The one before is not revoked: leases that were made with it live as long as it does.
    private async Task<VaultToken> LogInAsync(string credentialName, CancellationToken ct)
    {
        var now = wire.Time.GetUtcNow();
        var given = await login.LogInAsync(wire, credentialName, ct).ConfigureAwait(false);
        _token?.IsReplaced = true;
        (_grantedOn, _duration, _isRenewable) = (now, TimeSpan.FromSeconds(given.LeaseDuration), given.Renewable);
        return _token = new VaultToken(given.ClientToken) { EndsOn = given.LeaseDuration > 0 ? now + _duration : null, Index = given.Index };
    }
}

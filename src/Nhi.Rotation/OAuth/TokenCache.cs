using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>The access token of one client: one at a time, got once however many requests need it. Safe for concurrent use.</summary>
internal sealed class TokenCache
{
    // A token younger than this was refused for another reason than its age; and an endpoint that refused the secret is not asked again sooner.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly TokenRequester _requester;
    private readonly TimeProvider _time;
    private readonly TimeSpan _before;
    private AccessToken? _token;
    private Task<AccessToken>? _flight;
    private (CredentialUnavailableException Error, long At, long Generation)? _refusal;

    public TokenCache(TokenRequester requester, TimeSpan refreshBeforeExpiry, TimeProvider time)
    {
        _requester = requester;
        _before = refreshBeforeExpiry;
        _time = time;
    }

    public static TokenCache Create(IServiceProvider services, OAuthRegistration registration)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var requester = new TokenRequester(
            registration,
            ClientCredentialServices.Provider(services, registration),
            services.GetRequiredService<IHttpClientFactory>(),
            time,
            ClientCredentialServices.Logger(services));
        return new TokenCache(requester, registration.Options.RefreshBeforeExpiry, time);
    }

    /// <exception cref="CredentialException">There is no secret that the endpoint accepts.</exception>
    /// <exception cref="HttpRequestException">The endpoint could not be asked, and there is no token left.</exception>
    public async ValueTask<AccessToken> GetAsync(CancellationToken ct)
    {
        Task<AccessToken> flight;
        AccessToken? spare;
        lock (_gate)
        {
            spare = _token;
            if (spare is not null && Left(spare) > _before)
            {
                return spare;
            }

            ThrowIfRefused();
            flight = _flight ??= Task.Run(FetchAsync, CancellationToken.None);
        }

        try
        {
            return await flight.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or CredentialException && spare is not null && Left(spare) > TimeSpan.Zero)
        {
            return spare;
        }
    }

    /// <summary>Forgets a token that was refused.</summary>
    /// <returns>Whether another one may do better.</returns>
    public bool Drop(AccessToken refused)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_token, refused))
            {
                return true;
            }

            if (_time.GetElapsedTime(refused.ObtainedAt) < Pause)
            {
                return false;
            }

            _token = null;
            return true;
        }
    }

    private TimeSpan Left(AccessToken token) => token.Lifetime - _time.GetElapsedTime(token.ObtainedAt);

    // Under the lock.
    private void ThrowIfRefused()
    {
        if (_refusal is { } refusal && refusal.Generation == _requester.Generation && _time.GetElapsedTime(refusal.At) < Pause)
        {
            // A new exception for each caller: a shared one would collect their stack traces.
            throw new CredentialUnavailableException(refusal.Error.CredentialName, refusal.Error.Cause, refusal.Error.Fix);
        }
    }

    private async Task<AccessToken> FetchAsync()
    {
        try
        {
            var token = await _requester.RequestAsync().ConfigureAwait(false);
            lock (_gate)
            {
                _refusal = null;
                return _token = token;
            }
        }
        catch (CredentialUnavailableException error)
        {
            lock (_gate)
            {
                _refusal = (error, _time.GetTimestamp(), _requester.Generation);
            }

            throw;
        }
        finally
        {
            lock (_gate)
            {
                _flight = null;
            }
        }
    }
}

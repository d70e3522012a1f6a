using Microsoft.Extensions.Logging;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.OAuth;

/// <summary>The access token of one client: one at a time, got once however many requests need it. Safe for concurrent use.</summary>
internal sealed class TokenCache
{
    // How often a token that the API refuses is replaced at most: it may refuse them all for another reason.
    private static readonly TimeSpan DropInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly OAuthRegistration _registration;
    private readonly TokenRequester _requester;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TokenPause _pause;
    private AccessToken? _token;
    private Task<AccessToken>? _flight;
    private long? _droppedAt;

    public TokenCache(OAuthRegistration registration, TokenRequester requester, TimeProvider time, ILogger logger)
    {
        _registration = registration;
        _requester = requester;
        _time = time;
        _logger = logger;
        _pause = new TokenPause(time);
    }

    /// <exception cref="CredentialException">There is no secret that the endpoint accepts.</exception>
    /// <exception cref="HttpRequestException">The endpoint could not be asked, and there is no token left.</exception>
    public async ValueTask<AccessToken> GetAsync(CancellationToken ct)
    {
        while (true)
        {
            var (spare, flight) = Take();
            if (flight is null)
            {
                return spare!;
            }

            try
            {
                // An endpoint that hangs must not take the rest of a token's life.
                var token = spare is null
                    ? await flight.WaitAsync(ct).ConfigureAwait(false)
                    : await flight.WaitAsync(Left(spare) / 2, _time, ct).ConfigureAwait(false);
                if (!IsRevoked(token))
                {
                    return token;
                }
            }
            catch (Exception error) when (error is HttpRequestException or CredentialException or TimeoutException && spare is not null && IsUsable(spare))
            {
                return spare;
            }
            catch (TimeoutException)
            {
                // It was begun while there was a token, and has hung until that ended. The endpoint may answer by now.
            }
        }
    }

    // The token at hand, if it may be used, and the request to wait for, if it lasts too short without one.
    private (AccessToken? Spare, Task<AccessToken>? Flight) Take()
    {
        lock (_gate)
        {
            var spare = _token is { } token && IsUsable(token) ? token : null;
            var share = spare is null ? 0 : Left(spare) / LeadTime(spare);
            if (share > 1 || (spare is not null && _pause.IsOn))
            {
                return (spare, null);
            }

            _pause.ThrowIfOn(_requester.Generation);
            var flight = _flight ??= Fly(spare is null ? System.Threading.Timeout.InfiniteTimeSpan : Left(spare));
            return (spare, share > 0.5 ? null : flight);
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

            if (!IsOutdated(refused) && _droppedAt is { } last && _time.GetElapsedTime(last) < DropInterval)
            {
                return false;
            }

            _droppedAt = _time.GetTimestamp();
            _token = null;
            return true;
        }
    }

    // Who revokes a secret wants nothing of it any more. One that is only replaced has given a token that is as good as any.
    private static bool IsRevoked(AccessToken token) => token.Version.Stage == CredentialStage.Revoked;

    // Its secret was replaced since, and may have taken it along. A token that is got with an old secret now is not outdated, so that not each request gets one.
    private bool IsOutdated(AccessToken token) => token.Version.Stage != CredentialStage.Current && token.Generation != _requester.Generation;

    private bool IsUsable(AccessToken token) => Left(token) > TimeSpan.Zero && !IsRevoked(token);

    private TimeSpan Left(AccessToken token) => token.Lifetime - _time.GetElapsedTime(token.ObtainedAt);

    // Some tokens do not live as long as the lead time: without this each request would get its own.
    private TimeSpan LeadTime(AccessToken token) => TimeSpan.FromTicks(Math.Min(_registration.Options.RefreshBeforeExpiry.Ticks, token.Lifetime.Ticks / 2));

    // At most for as long as there is a token to present meanwhile.
    private Task<AccessToken> Fly(TimeSpan limit)
    {
        var flight = Task.Run(() => FetchAsync(limit), CancellationToken.None);

        // Maybe nobody waits for it.
        _ = flight.ContinueWith(static flight => flight.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return flight;
    }

    private async Task<AccessToken> FetchAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit, _time);
        try
        {
            var token = await _requester.RequestAsync(end.Token).ConfigureAwait(false);
            lock (_gate)
            {
                _pause.End();
                return _token = token;
            }
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        catch (Exception error)
        {
            PauseAfter(error);
            if (error is TokenEndpointException failed)
            {
                throw failed.Failure;
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

    private void PauseAfter(Exception error)
    {
        AccessToken? spare;
        TimeSpan pause;
        lock (_gate)
        {
            spare = _token;
            _pause.Begin(error, _requester.Generation);
            pause = _pause.Length;
        }

        if (spare is not null && IsUsable(spare))
        {
            var text = error is CredentialException or TokenEndpointException ? error.Message : error.GetType().FullName!;
            Log.TokenNotRenewed(_logger, _registration.ClientName, Left(spare), pause, text);
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Http;

/// <summary>
/// One credential on one client, for as long as the app runs (handlers come and go): decides which requests are stamped, with which version,
/// and what a response says of it. Safe for concurrent use.
/// </summary>
internal sealed class HttpCredentialBinding
{
    private readonly HttpCredentialRegistration _registration;
    private readonly IRotatingCredentialProvider _provider;
    private readonly OriginGuard _origins;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IDerived<Stamp>? _stamps;
    private readonly Func<HttpResponseMessage, bool> _isRejection;
    private readonly RecentRejections _rejections;
    private bool _warnedOfReplacement;

    public HttpCredentialBinding(
        HttpCredentialRegistration registration, IRotatingCredentialProvider provider, AllowedOrigin[] origins, TimeProvider time, ILogger logger)
    {
        _registration = registration;
        _provider = provider;
        _origins = new OriginGuard(registration, origins, logger);
        _time = time;
        _logger = logger;
        _isRejection = registration.Options.IsRejection;
        _rejections = new RecentRejections(time);
        _stamps = registration.Stamping.IsDerived ? provider.Derive(registration.Stamping.Build) : null;
    }

    /// <exception cref="InvalidOperationException">The credential is not registered, or no host is known that may see it.</exception>
    public static HttpCredentialBinding Create(IServiceProvider services, HttpCredentialRegistration registration)
    {
        var logger = ClientCredentialServices.Logger(services);
        return new HttpCredentialBinding(
            registration,
            ClientCredentialServices.Provider(services, registration),
            ClientOrigins.Find(registration, services),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            logger);
    }

    /// <summary>Whether the credential may be sent there. Warns once for each host where it may not.</summary>
    public bool Covers(Uri? address) => _origins.Covers(address);

    /// <summary>The stamp of the current version; counts one use of it. <see langword="null"/> when there is none yet.</summary>
    public Stamp? TryTakeStamp()
    {
        try
        {
            return _stamps is null ? _registration.Stamping.Build(_provider.Current) : _stamps.Current;
        }
        catch (CredentialUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Waits for the first load.</summary>
    /// <exception cref="CredentialException">There is nothing to present, or it cannot be sent this way.</exception>
    public async ValueTask<Stamp> TakeStampAsync(CancellationToken cancellationToken)
    {
        var credential = await _provider.GetCurrentAsync(cancellationToken).ConfigureAwait(false);

        // If the version is there and its stamp is not, building it here tells why.
        return TryTakeStamp() ?? _registration.Stamping.Build(credential);
    }

    public object? Apply(Stamp stamp, HttpRequestMessage request)
    {
        var before = stamp.Apply(request, out var replaced);
        if (replaced && !Interlocked.Exchange(ref _warnedOfReplacement, true))
        {
            Log.ReplacedByHand(_logger, _registration.ClientName, _registration.CredentialName, _registration.Stamping.ToString());
        }

        return before;
    }

    /// <summary>Reports what a response says of the version that was presented. Disposes it if that cannot be found out.</summary>
    /// <returns>Whether the version was rejected.</returns>
    public bool Judge(Stamp stamp, HttpResponseMessage response)
    {
        stamp.Scrub(response);
        bool rejected;
        try
        {
            rejected = _isRejection(response);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        if (rejected)
        {
            _rejections.Add(stamp.Source.VersionId);
            _provider.Report(stamp.Source, CredentialOutcome.Rejected);
        }
        else if ((int)response.StatusCode is >= 200 and < 400)
        {
            // Any other status is about the request or the server and says nothing of the credential.
            _provider.Report(stamp.Source, CredentialOutcome.Accepted);
        }

        return rejected;
    }

    /// <summary>The best other version to repeat a rejected request with, after at most one refresh; counts one use of it.</summary>
    /// <returns><see langword="null"/> when the rejection stands.</returns>
    public async ValueTask<Stamp?> FindOtherAsync(Stamp rejected, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!ReplayableBody.Is(request.Content))
        {
            RefreshInBackground();
            Log.NotReplayed(_logger, _registration.ClientName, _registration.CredentialName, rejected.Source.VersionId, "its body can be sent only once");
            return null;
        }

        var other = TryBuildCurrent(rejected);
        if (other is null && (other = TryBuildPrevious(rejected)) is not null)
        {
            RefreshInBackground();
        }

        if (other is null)
        {
            await RefreshAsync(cancellationToken).WaitAsync(_registration.Options.MaxReplayWait, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            other = TryBuildCurrent(rejected);
        }

        if (other is null)
        {
            Log.NotReplayed(_logger, _registration.ClientName, _registration.CredentialName, rejected.Source.VersionId, "there is no other version to try");
        }
        else
        {
            Log.Replayed(_logger, _registration.ClientName, _registration.CredentialName, rejected.Source.VersionId, other.Source.VersionId);
        }

        return other;
    }

    private Stamp? TryBuildCurrent(Stamp rejected) =>
        _provider.Credentials.Current is { } current ? TryBuild(current, rejected) : null;

    private Stamp? TryBuildPrevious(Stamp rejected)
    {
        foreach (var previous in _provider.Credentials.Previous)
        {
            // The lists are as old as the set; a version may have been retired or revoked since.
            if (previous.Stage is not (CredentialStage.Retired or CredentialStage.Revoked)
                && !_rejections.Contains(previous.VersionId)
                && TryBuild(previous, rejected) is { } stamp)
            {
                return stamp;
            }
        }

        return null;
    }

    private Stamp? TryBuild(Credential candidate, Stamp rejected)
    {
        if (candidate.VersionId == rejected.Source.VersionId)
        {
            return null;
        }

        try
        {
            return _registration.Stamping.Build(candidate);
        }
        catch (CredentialFormatException)
        {
            // A version that cannot be sent is no alternative; the provider says so when it becomes current.
            return null;
        }
    }

    private void RefreshInBackground() => _ = RefreshAsync(CancellationToken.None);

    // Never faults, so nobody has to observe it: the provider logs a failure, and the rejection is then simply returned.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _provider.RefreshAsync(RefreshReason.Rejection, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a provider throws must not replace the response that the caller is waiting for.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

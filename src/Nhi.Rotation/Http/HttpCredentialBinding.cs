using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Http;

/// <summary>
/// One credential on one client, for as long as the app runs (handlers come and go): knows which requests carry it, and what their answers mean. Safe for concurrent use.
/// </summary>
internal sealed class HttpCredentialBinding : IClientCredential
{
    private readonly HttpCredentialRegistration _registration;
    private readonly OriginGuard _origins;
    private readonly ILogger _logger;
    private readonly Func<HttpResponseMessage, bool> _isRejection;

    // One for each origin, in their order: what a version is worth is known for each server.
    private readonly HttpTarget[] _targets;
    private bool _warnedOfReplacement;

    public HttpCredentialBinding(
        HttpCredentialRegistration registration, IRotatingCredentialProvider provider, AllowedOrigin[] origins, TimeProvider time, ILogger logger)
    {
        _registration = registration;
        _origins = new OriginGuard(registration, origins, logger);
        _logger = logger;
        _isRejection = registration.Options.IsRejection;
        _warnedOfReplacement = registration.Options.IsReplacing;
        var presenter = new Presenter<Stamp>(provider, version => registration.Stamping.BuildFor(version, origins), new PresenterOptions
        {
            MaxAttempts = registration.Options.MaxAttempts,
            MaxWait = registration.Options.MaxReplayWait,
            BuildEachTime = !registration.Stamping.IsDerived,
            Time = time,
        });
        _targets = [.. origins.Select((_, index) => new HttpTarget(index == 0 ? presenter : presenter.ForTarget(), registration.Options.Proves))];
    }

    /// <exception cref="InvalidOperationException">The credential is not registered, or no host is known that may see it.</exception>
    public static HttpCredentialBinding Create(IServiceProvider services, HttpCredentialRegistration registration) => new(
        registration,
        ClientCredentialServices.Provider(services, registration),
        ClientOrigins.Find(registration, services),
        services.GetService<TimeProvider>() ?? TimeProvider.System,
        ClientCredentialServices.Logger(services));

    public DelegatingHandler CreateHandler() => new RotatingCredentialHandler(this);

    /// <summary>Where a request goes, or <see langword="null"/> if the credential may not be sent there, of which each host warns once.</summary>
    public HttpTarget? FindTarget(Uri? address) => _origins.IndexOf(address) is var index && index < 0 ? null : _targets[index];

    /// <summary>Whether a body has to be kept before it is sent, so that it can be sent again.</summary>
    public bool MustKeep(HttpContent? body) => RepeatableBody.IsUnknown(body, _registration.Options.MaxBufferedBody);

    /// <summary>Puts a stamp on a request. Warns once if it replaces what the caller had put there.</summary>
    /// <returns>What taking it off needs.</returns>
    public object? PutOn(HttpRequestMessage request, Stamp stamp)
    {
        var before = stamp.Apply(request, out var replaced);
        if (replaced && !Interlocked.Exchange(ref _warnedOfReplacement, true))
        {
            Log.ReplacedByHand(_logger, _registration.ClientName, _registration.CredentialName, _registration.Stamping.ToString());
        }

        return before;
    }

    /// <summary>Whether an answer refuses the version that was presented; if it accepts it, that is noted. Disposes the answer if that cannot be found out.</summary>
    public bool IsRefused(HttpTarget target, Presented<Stamp> shown, HttpResponseMessage response)
    {
        shown.Value.Scrub(response);
        try
        {
            if (_isRejection(response))
            {
                target.NoteRefusal(shown, response);
                return true;
            }

            target.NoteAnswer(shown, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        HeldContent.Hold(response, shown.Version);
        return false;
    }

    /// <summary>What to repeat a refused request with.</summary>
    /// <returns><see langword="null"/> when the refusal stands.</returns>
    public async ValueTask<Presented<Stamp>?> FindOtherAsync(HttpTarget target, Presented<Stamp> refused, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (client, credential, version) = (_registration.ClientName, _registration.CredentialName, refused.Version.VersionId);
        if (!RepeatableBody.IsOf(request))
        {
            target.Presenter.Refused(refused);
            Log.NotReplayed(_logger, client, credential, version, "its body can be sent only once");
            return null;
        }

        var other = await target.Presenter.FindOtherAsync(refused, ct: cancellationToken).ConfigureAwait(false);
        if (other is { } found)
        {
            Log.Replayed(_logger, client, credential, version, found.Version.VersionId);
        }
        else
        {
            Log.NotReplayed(_logger, client, credential, version, "there is no other version to try");
        }

        return other;
    }
}

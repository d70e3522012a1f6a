using Nhi.Rotation.Npgsql.Logins;
using Nhi.Rotation.Npgsql.Sessions;
using Nhi.Rotation.Npgsql.Telemetry;

namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>Which pool connections come from now, and with what they are opened. Safe for concurrent use.</summary>
internal sealed class PoolShelf : IDisposable, IAsyncDisposable
{
    // A choice that counts a use is made again no more often than that.
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly IRotatingCredentialProvider _provider;
    private readonly Presenter<Login> _presenter;
    private readonly PoolSetup _setup;
    private readonly DataSourceLog _log;
    private readonly PoolList _pools;
    private readonly Drain _drain;
    private volatile ActiveLogin? _active;
    private volatile Acceptance? _accepted;
    private bool _isDisposed;

    public PoolShelf(PoolList pools, IRotatingCredentialProvider provider, Presenter<Login> presenter, PoolSetup setup, PoolEvents events, DataSourceLog log)
    {
        _pools = pools;
        _provider = provider;
        _presenter = presenter;
        _setup = setup;
        _log = log;
        _drain = new Drain(Sweep, log, setup.Time);
        events.FindOffer = FindOffer;
        events.Accepted = Accept;
        events.AcceptedElsewhere = AcceptElsewhere;
        events.Outdated = _drain.LookAgain;
    }

    /// <summary>The login that the server accepted last, but for those that older connection objects still open with.</summary>
    public Acceptance? LastAccepted => _accepted;

    /// <summary>What to open a connection with.</summary>
    /// <exception cref="CredentialUnavailableException">No version can be presented.</exception>
    public ActiveLogin Choose()
    {
        var active = _active;
        return active is not null
            && active.Generation == _provider.Credentials.Generation
            && (active.RecheckAt is not { } due || _setup.Time.GetTimestamp() < due)
            ? active
            : Follow();
    }

    /// <summary>Makes the choice again, be there one or none.</summary>
    public void KeepUp()
    {
        try
        {
            Follow();
        }
        catch (CredentialException)
        {
            // Revoked without a replacement, or nothing can log in: what is open has to go all the same.
            StandDown();
        }
        catch (ObjectDisposedException)
        {
            // Disposed at this very moment.
        }
    }

    /// <summary>The server refused what was chosen, and took this instead.</summary>
    public void Settle(Offer accepted)
    {
        Note(accepted);
        KeepUp();
    }

    /// <summary>The pool of an offer's user name.</summary>
    public LoginPool PoolOf(Offer offer)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _pools.FindOrAdd(offer);
        }
    }

    /// <summary>The pool of the login that was accepted last, if that may still be presented.</summary>
    public LoginPool? PoolOf(Acceptance accepted)
    {
        lock (_gate)
        {
            return IsPresentable(accepted.VersionId) ? _pools.Find(accepted.Target) : null;
        }
    }

    /// <summary>Whether the versions that may be presented have several user names.</summary>
    public bool HasSeveralUsers() => Logins().Select(static one => one.Login.Target).Distinct().Skip(1).Any();

    public void Dispose()
    {
        foreach (var pool in Stop())
        {
            pool.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in Stop())
        {
            await pool.DisposeAsync().ConfigureAwait(false);
        }
    }

    private LoginPool[] Stop()
    {
        _drain.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _active = null;
            return _pools.TakeAll();
        }
    }

    private ActiveLogin Follow()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var set = _provider.Credentials;
            var shown = _presenter.Take();
            long? recheckAt = set.Current is { } current && current.VersionId == shown.Version.VersionId
                ? null
                : _setup.Time.GetTimestamp() + (long)(RecheckAfter.TotalSeconds * _setup.Time.TimestampFrequency);
            if (_active is { } active && active.Offer.VersionId == shown.Version.VersionId)
            {
                return _active = active with { Generation = set.Generation, RecheckAt = recheckAt };
            }

            var offer = new Offer(shown);
            var pool = _pools.FindOrAdd(offer);
            var outdated = pool.Switch(offer) + _pools.All.Where(other => other != pool).Sum(static other => other.StandDown());
            _active = new ActiveLogin(set.Generation, offer, pool, recheckAt);
            _pools.DropUnused();
            _log.Switched(offer.VersionId, outdated);
            Drain(outdated);
            return _active;
        }
    }

    private void StandDown()
    {
        lock (_gate)
        {
            _active = null;
            Drain(_pools.All.Sum(static pool => pool.StandDown()));
        }
    }

    private void Drain(int outdated)
    {
        if (outdated > 0)
        {
            _drain.Begin();
        }
    }

    private int Sweep(List<OverdueSession> overdue)
    {
        lock (_gate)
        {
            return _pools.All.Sum(pool => pool.Sweep(overdue));
        }
    }

    private void Accept(Offer offer)
    {
        if (_accepted is not { } accepted || offer.VersionId == _active?.Offer.VersionId || !IsPresentable(accepted.VersionId))
        {
            Note(offer);
        }

        _presenter.Accepted(offer.Shown!.Value);
    }

    // That an older connection object can still open says nothing of what is presented now.
    private void AcceptElsewhere(Credential version)
    {
        if (_active is { } active && active.Offer.VersionId == version.VersionId)
        {
            Note(active.Offer);
        }

        _provider.Report(version, CredentialOutcome.Accepted);
    }

    private void Note(Offer offer) => _accepted = new Acceptance(offer.VersionId, offer.Target, _setup.Time.GetTimestamp());

    private Offer? FindOffer(string target) =>
        Logins().Where(one => one.Login.Target == target).Select(static one => new Offer(one.Version, one.Login)).FirstOrDefault();

    private bool IsPresentable(string versionId) => Presentable().Any(version => version.VersionId == versionId);

    // The list is as old as the set; a version may have been retired or revoked since.
    private IEnumerable<Credential> Presentable() =>
        _provider.Credentials.Presentable.Where(static version => version.Stage is not (CredentialStage.Retired or CredentialStage.Revoked));

    private IEnumerable<(Credential Version, Login Login)> Logins()
    {
        foreach (var version in Presentable())
        {
            Login login;
            try
            {
                login = Login.Read(version, _setup.Terms);
            }
            catch (CredentialFormatException)
            {
                // What cannot be read is no alternative.
                continue;
            }

            yield return (version, login);
        }
    }
}

using Nhi.Rotation.Npgsql.Pools;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Opening;

/// <summary>
/// Makes connection objects that the app opens itself. Nobody learns when the server refuses what such a one presents, nor can it try anything else; so the data source logs in first,
/// with a connection of its own, unless the server accepted the version a moment ago. Safe for concurrent use.
/// </summary>
internal sealed class Trial(PoolShelf shelf, Opener opener, PoolSetup setup)
{
    // How long what the server said is taken for what it says now; and how long after one login of its own the data source makes another one for the same set of versions.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private long _tried;
    private long? _endedAt;

    // Whether the app makes connection objects at all.
    private volatile bool _isNeeded;

    /// <summary>A connection object, of the user that was accepted last until another one has been accepted.</summary>
    /// <exception cref="CredentialUnavailableException">No version can be presented.</exception>
    public NpgsqlConnection Create()
    {
        _isNeeded = true;
        var active = shelf.Choose();
        if (shelf.LastAccepted is { } accepted)
        {
            if (accepted.VersionId == active.Offer.VersionId || accepted.Target == active.Offer.Target || shelf.PoolOf(accepted) is not { } proven)
            {
                return active.Pool.CreateConnection();
            }

            _ = RunIfDueAsync(CancellationToken.None);
            return proven.CreateConnection();
        }

        if (shelf.HasSeveralUsers())
        {
            // The object keeps its user for life, and there is none yet of which anything is known: once in an app that starts amid a rotation.
            Task.Run(() => RunIfDueAsync(CancellationToken.None)).Wait(setup.Presenting.MaxWait);
        }

        return shelf.Choose().Pool.CreateConnection();
    }

    /// <summary>The set of versions has changed.</summary>
    public void OnChanged()
    {
        if (_isNeeded)
        {
            _ = RunIfDueAsync(CancellationToken.None);
        }
    }

    /// <summary>Logs in with what is presented now, and with other versions while the server refuses them, unless that was done a moment ago. Those who ask meanwhile wait for the same.</summary>
    public async Task RunIfDueAsync(CancellationToken ct)
    {
        // What ran already may have begun with the version before.
        while (Start() is { } running)
        {
            await running.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    private Task? Start()
    {
        lock (_gate)
        {
            if (!_running.IsCompleted)
            {
                return _running;
            }

            if (FindDue() is not { } generation)
            {
                return null;
            }

            // Not in the caller's transaction, nor with anything else that flows with it.
            _tried = generation;
            using (ExecutionContext.SuppressFlow())
            {
                return _running = Task.Run(RunAsync);
            }
        }
    }

    // The set of versions that the choice is made from, if nothing is known of that choice.
    private long? FindDue()
    {
        try
        {
            var active = shelf.Choose();
            var isKnown = (active.Generation == _tried && IsFresh(_endedAt))
                || (shelf.LastAccepted is { } accepted && accepted.VersionId == active.Offer.VersionId && IsFresh(accepted.At));
            return isKnown ? null : active.Generation;
        }
        catch (CredentialException)
        {
            // There is nothing to log in with.
            return null;
        }
    }

    private bool IsFresh(long? at) => at is { } then && setup.Time.GetElapsedTime(then) < Fresh;

    private async Task RunAsync()
    {
        try
        {
            await opener.LogInAsync(CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the connection object that is opened next meets it too, and its caller gets the error.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        lock (_gate)
        {
            _endedAt = setup.Time.GetTimestamp();
        }
    }
}

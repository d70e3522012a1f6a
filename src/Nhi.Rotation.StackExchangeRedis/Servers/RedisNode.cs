using System.Collections.Concurrent;
using System.Net;
using Nhi.Rotation.StackExchangeRedis.Connections;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>
/// One server, whose connections are brought to the version that is current, or to one that the server accepts. What a version is worth is known for each server, because Redis does not
/// replicate ACLs; and a server that does not answer delays no other.
/// </summary>
internal sealed class RedisNode : IDisposable
{
    private readonly EndPoint _endPoint;
    private readonly RedisSetup _setup;
    private readonly ServerReports _reports;
    private readonly ServerLinks _links = new();
    private readonly ConcurrentQueue<Ended> _ended = new();
    private readonly Rounds _rounds;
#pragma warning disable CA2213 // Has nothing to dispose without a wait handle, and a round may still be in it.
    private readonly SemaphoreSlim _turn = new(1);
#pragma warning restore CA2213

    public RedisNode(EndPoint endPoint, RedisSetup setup)
    {
        _endPoint = endPoint;
        _setup = setup;
        _reports = new ServerReports(endPoint, setup.Provider.Name, setup.CreateLogger, setup.Time);
        Logins = new ServerLogins(setup.Presenter.ForTarget(), _reports, setup.ConnectPatience, setup.Time);
        _rounds = new Rounds(SettleAsync, setup.Time);
    }

    public ServerLogins Logins { get; }

    public void Wake() => _rounds.Wake();

    /// <summary>The handshake of a connection begins.</summary>
    public void Add(RedisLink link)
    {
        link.Failed = (login, reply) => Hear(new Ended(login, reply, link.IsSubscription));
        _links.Add(link);
        Wake();
    }

    /// <summary>The handshake of the connections of one kind is over.</summary>
    public void Establish(bool isSubscription)
    {
        foreach (var link in _links.Open.Where(link => !link.IsClosed && link.IsSubscription == isSubscription))
        {
            link.Establish();
        }

        Wake();
    }

    /// <summary>Looks at why connections ended.</summary>
    public async Task HearAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            while (_ended.TryDequeue(out var ended))
            {
                await Logins.EndedAsync(ended.Login, ended.Reply, ended.IsSubscription).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _rounds.Dispose();
        _links.Clear();
    }

    // At once, and not in the round: that may be waiting for an answer. Nor with the caller's context, in which a connection is being opened.
    private void Hear(Ended ended)
    {
        _ended.Enqueue(ended);
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(HearAsync);
        }
    }

    private async Task<bool> SettleAsync()
    {
        var isForgetting = _links.Sweep(_setup.IsHeard ? null : new AuthReply(AuthAnswer.Suspected, "closed"));

        try
        {
            return await FollowAsync(_links.Open).ConfigureAwait(false) && !isForgetting;
        }
        catch (CredentialException)
        {
            // Nothing to present; the next change wakes.
            return !isForgetting;
        }
    }

    /// <returns>Whether all connections have the current version.</returns>
    private async Task<bool> FollowAsync(IReadOnlyList<RedisLink> links)
    {
        var current = _setup.Provider.Credentials.Current?.VersionId;
        var isConfirmed = links.All(static link => link.IsConfirmed);
        if (current is null || (isConfirmed && links.All(link => link.Version!.VersionId == current)))
        {
            return true;
        }

        foreach (var link in links.Where(link => link.IsStalled(_setup.Time, _setup.HandshakeTimeout)))
        {
            link.Close();
        }

        // Not connected yet, or by a multiplexer that is not known yet: which of the connections an AUTH would reach cannot be told.
        var servers = _setup.Multiplexers.Connected(_endPoint);
        if (servers.Count == 0 || servers.Count < links.Count(static link => !link.IsSubscription) || (isConfirmed && _reports.IsRefused(current)))
        {
            return false;
        }

        var login = Logins.Choose(isSubscription: false);
        if (isConfirmed && links.All(link => link.Version!.VersionId == login.Version.VersionId))
        {
            // The current version cannot be read, so they have the best there is.
            return false;
        }

        var accepted = await Logins.AuthenticateAsync(login, version => _setup.Authentication.AuthenticateAsync(servers, version)).ConfigureAwait(false);
        return accepted is not null && Confirm(links, accepted) && accepted.VersionId == current;
    }

    // A subscription connection takes no AUTH from us; one that has the version already is confirmed with the server's word for it.
    private bool Confirm(IReadOnlyList<RedisLink> links, Credential version)
    {
        var (isNew, isSettled) = (false, true);
        foreach (var link in links)
        {
            if (!link.IsSubscription || link.Version!.VersionId == version.VersionId)
            {
                isNew |= link.Confirm(version);
            }
            else
            {
                _reports.Reopened(link.Version, version);
                link.Close();
                isSettled = false;
            }
        }

        if (isNew)
        {
            _reports.Authenticated(version);
        }

        return isSettled;
    }

    /// <param name="Login">What a connection presented that ended while it authenticated.</param>
    /// <param name="Reply">Why it ended.</param>
    /// <param name="IsSubscription">Whether it was a subscription connection.</param>
    private sealed record Ended(Presented<string> Login, AuthReply Reply, bool IsSubscription);
}

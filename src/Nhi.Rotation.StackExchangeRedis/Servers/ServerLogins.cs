using System.Diagnostics;
using Nhi.Rotation.StackExchangeRedis.Connections;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>
/// Which version connections to one server present. A connect is one attempt of an operation whose next attempt is the library's next connect: the version to show then
/// waits here. Knows no connection. Safe for concurrent use.
/// </summary>
/// <param name="presenter">Which version comes next.</param>
/// <param name="reports">What the server said.</param>
/// <param name="patience">How long the library may take over a connect that fails: what is to be presented in its next one waits for longer than that.</param>
/// <param name="time">Time.</param>
internal sealed class ServerLogins(Presenter<string> presenter, ServerReports reports, TimeSpan patience, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Waiting? _waiting;
    private string? _suspect;

    /// <summary>Whether another version waits to be presented, so that a connect is worth while before the library's own time for it.</summary>
    public bool HasOther
    {
        get
        {
            lock (_gate)
            {
                return FindWaiting() is not null;
            }
        }
    }

    /// <summary>The version that a connection presents now; counts one use of it.</summary>
    /// <param name="isSubscription">
    /// Whether it is a subscription connection. What is only suspected is followed by the other kind alone, of which each server has one, so that an outage costs one attempt.
    /// </param>
    /// <exception cref="CredentialException">Nothing is presentable, or nothing can be read.</exception>
    public Presented<string> Choose(bool isSubscription)
    {
        lock (_gate)
        {
            if (FindWaiting() is { } waiting && (waiting.IsCertain || !isSubscription))
            {
                return waiting.Login;
            }
        }

        return presenter.Take();
    }

    /// <summary>A connection ended while it authenticated.</summary>
    /// <param name="login">What it presented.</param>
    /// <param name="end">Suspected or rejected.</param>
    /// <param name="isSubscription">Whether it was a subscription connection.</param>
    public async Task EndedAsync(Presented<string> login, AuthReply end, bool isSubscription)
    {
        reports.Heard(login.Version, end);
        if (end.Answer == AuthAnswer.Suspected && (isSubscription || !IsSuspect(login.Version.VersionId)))
        {
            return;
        }

        var other = await FindOtherAsync(login, end.Answer).ConfigureAwait(false);
        lock (_gate)
        {
            if (other is { } found)
            {
                _waiting = new Waiting(found, end.Answer == AuthAnswer.Rejected, time.GetTimestamp());
            }
            else if (_waiting is { } waiting && waiting.Login.Version.VersionId == login.Version.VersionId && (end.Answer == AuthAnswer.Rejected || !waiting.IsCertain))
            {
                // What is only suspected is better than what was refused before it: a multiplexer that gives up closes what it has.
                _waiting = null;
            }
        }
    }

    /// <summary>Asks until the server accepts a version, or nothing else is at hand.</summary>
    /// <returns>The version that it accepted.</returns>
    public async Task<Credential?> AuthenticateAsync(Presented<string> login, Func<Credential, Task<AuthReply>> ask)
    {
        while (true)
        {
            var reply = await ask(login.Version).ConfigureAwait(false);
            reports.Heard(login.Version, reply);
            if (reply.Answer == AuthAnswer.Accepted)
            {
                Accepted(login);
                return login.Version;
            }

            if (reply.Answer == AuthAnswer.Unknown || await FindOtherAsync(login, reply.Answer).ConfigureAwait(false) is not { } other)
            {
                return null;
            }

            login = other;
        }
    }

    private void Accepted(Presented<string> login)
    {
        lock (_gate)
        {
            _waiting = null;
            _suspect = null;
        }

        presenter.Accepted(login);
    }

    private ValueTask<Presented<string>?> FindOtherAsync(Presented<string> login, AuthAnswer answer) =>
        presenter.FindOtherAsync(login, answer == AuthAnswer.Rejected ? RefusalKind.Certain : RefusalKind.Suspected);

    // Once may be chance: a network that blinks, a multiplexer that gives up its first connect. Of what is tried on suspicion itself, once is enough.
    private bool IsSuspect(string versionId)
    {
        lock (_gate)
        {
            if (FindWaiting() is { IsCertain: false } waiting)
            {
                return waiting.Login.Version.VersionId == versionId;
            }

            var isSecond = _suspect == versionId;
            _suspect = versionId;
            return isSecond;
        }
    }

    // What was suspected long ago decides nothing, and is not kept.
    private Waiting? FindWaiting()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_waiting is { } waiting && (waiting.Login.Version.Stage is CredentialStage.Retired or CredentialStage.Revoked || time.GetElapsedTime(waiting.Since) >= patience + ServerReports.Window))
        {
            _waiting = null;
        }

        return _waiting;
    }

    /// <param name="Login">What the next connection presents.</param>
    /// <param name="IsCertain">Whether the one before was refused, not only suspected.</param>
    /// <param name="Since">When it was found.</param>
    private sealed record Waiting(Presented<string> Login, bool IsCertain, long Since);
}

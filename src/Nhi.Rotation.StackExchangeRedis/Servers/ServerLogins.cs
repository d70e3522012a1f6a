using Nhi.Rotation.StackExchangeRedis.Connections;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>
/// Which version connections to one server present. A connect is one attempt of an operation whose next attempt is the library's next connect: the version to show then
/// waits here. Knows no connection. Safe for concurrent use.
/// </summary>
internal sealed class ServerLogins(Presenter<string> presenter, ServerReports reports, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Waiting? _waiting;

    /// <summary>Whether another version waits to be presented, so that a connect is worth while before the library's own time for it.</summary>
    public bool HasOther
    {
        get
        {
            lock (_gate)
            {
                return IsLive(_waiting);
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
            if (IsLive(_waiting) && (_waiting!.IsCertain || !isSubscription))
            {
                return _waiting.Login;
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
        if (end.Answer == AuthAnswer.Suspected && (isSubscription || IsAnotherWaiting(login)))
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
            else if (_waiting?.Login.Version.VersionId == login.Version.VersionId)
            {
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
        }

        presenter.Accepted(login);
    }

    private ValueTask<Presented<string>?> FindOtherAsync(Presented<string> login, AuthAnswer answer) =>
        presenter.FindOtherAsync(login, answer == AuthAnswer.Rejected ? RefusalKind.Certain : RefusalKind.Suspected);

    private bool IsAnotherWaiting(Presented<string> login)
    {
        lock (_gate)
        {
            return IsLive(_waiting) && _waiting!.Login.Version.VersionId != login.Version.VersionId;
        }
    }

    // What was suspected long ago decides nothing.
    private bool IsLive(Waiting? waiting) =>
        waiting is { Login.Version.Stage: not (CredentialStage.Retired or CredentialStage.Revoked) } && time.GetElapsedTime(waiting.Since) < ServerReports.Window;

    /// <param name="Login">What the next connection presents.</param>
    /// <param name="IsCertain">Whether the one before was refused, not only suspected.</param>
    /// <param name="Since">When it was found.</param>
    private sealed record Waiting(Presented<string> Login, bool IsCertain, long Since);
}

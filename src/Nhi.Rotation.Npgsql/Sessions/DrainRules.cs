namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>When a connection of an older version should have been returned, and what to do about it. Pure but for what it notes at the session.</summary>
/// <param name="Drain">How long one of a replaced version may stay checked out.</param>
/// <param name="RevokedDrain">The same for a revoked version.</param>
/// <param name="Time">The clock.</param>
internal sealed record DrainRules(TimeSpan Drain, TimeSpan RevokedDrain, TimeProvider Time)
{
    // An open that took an idle connection just before the pool was cleared has told of it by then.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(200);

    // How long a connection may be checked out before that is told, where it may stay for ever.
    private static readonly TimeSpan TellAfter = TimeSpan.FromMinutes(5);

    /// <summary>Its version is not the one that connections are opened with.</summary>
    public void NoteOutdated(ServerSession session) => session.OutdatedAt ??= Time.GetTimestamp();

    /// <summary>Its pool is being cleared.</summary>
    public void NoteCleared(ServerSession session) => session.ClearedAt ??= Time.GetTimestamp();

    /// <summary>Whether it is closed by now: its pool was cleared, and it was idle.</summary>
    public bool IsGone(ServerSession session) => session.IsIdle && HasPassed(session.ClearedAt, ClosingTime);

    /// <summary>What to do about a connection that somebody has checked out, if anything.</summary>
    public OverdueAction? ActionFor(ServerSession session, bool isBusy)
    {
        if (IsOverdue(session))
        {
            // Idle twice in a row: at the very end of a command Npgsql is not done with it.
            var isDue = isBusy ? !session.IsBusyTold : session.WasSeenIdle;
            session.IsBusyTold |= isBusy;
            session.WasSeenIdle = !isBusy;
            return isDue ? isBusy ? OverdueAction.TellBusy : OverdueAction.Close : null;
        }

        if (session.IsHeldTold || !HasPassed(session.OutdatedAt, TellAfter))
        {
            return null;
        }

        session.IsHeldTold = true;
        return OverdueAction.TellHeld;
    }

    private bool IsOverdue(ServerSession session)
    {
        if (session.IsRevoked)
        {
            session.RevokedAt ??= Time.GetTimestamp();
        }

        return HasPassed(session.RevokedAt, RevokedDrain) || HasPassed(session.OutdatedAt, Drain);
    }

    private bool HasPassed(long? since, TimeSpan timeout) =>
        since is { } start && timeout != Timeout.InfiniteTimeSpan && Time.GetElapsedTime(start) >= timeout;
}

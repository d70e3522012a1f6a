using System.Transactions;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>One physical connection, from its login until it is closed. Guarded by the lock of its <see cref="SessionBook"/>.</summary>
/// <param name="link">What stands for it while it lives.</param>
/// <param name="version">The version it logged in with, without its value.</param>
/// <param name="processId">The server's process.</param>
internal sealed class ServerSession(object link, Credential version, int processId)
{
    // Open holds are what the ledger's verdict rests on.
    private readonly IDisposable _hold = version.Hold();

    public object Link { get; } = link;

    public string VersionId { get; } = version.VersionId;

    public bool IsRevoked => version.Stage == CredentialStage.Revoked;

    public int ProcessId { get; } = processId;

    /// <summary>Whether it was opened with a version that was replaced already.</summary>
    public bool WasBornOutdated { get; init; }

    /// <summary>Who has it checked out, or <see langword="null"/> while nobody has.</summary>
    public NpgsqlConnection? User { get; set; }

    /// <summary>The ambient transaction it was opened in.</summary>
    public Transaction? Transaction { get; set; }

    /// <summary>Whether its user has closed it, but that transaction still has it.</summary>
    public bool IsEnlisted { get; set; }

    /// <summary>Whether it is in the pool, or gone.</summary>
    public bool IsIdle => User is null && !IsEnlisted;

    /// <summary>When its pool was cleared: Npgsql closes it, now if it is idle, else when it is returned.</summary>
    public long? ClearedAt { get; set; }

    /// <summary>When its version was found to be replaced.</summary>
    public long? OutdatedAt { get; set; }

    /// <summary>When its version was found to be revoked.</summary>
    public long? RevokedAt { get; set; }

    /// <summary>Whether no command was running on it when it was looked at last.</summary>
    public bool WasSeenIdle { get; set; }

    /// <summary>Whether it was told that it is overdue and busy.</summary>
    public bool IsBusyTold { get; set; }

    /// <summary>Whether it was told that it is still checked out.</summary>
    public bool IsHeldTold { get; set; }

    public void End() => _hold.Dispose();
}

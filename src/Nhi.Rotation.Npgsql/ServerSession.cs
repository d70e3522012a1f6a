using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>One physical connection, from its login until it is closed. Under its pool's lock.</summary>
internal sealed class ServerSession(Login login)
{
    // Open holds are what the ledger's verdict rests on.
    private readonly IDisposable _hold = login.Credential.Hold();

    public Login Login { get; } = login;

    /// <summary>Whether it was opened with a version that was replaced already.</summary>
    public bool WasBornOutdated { get; init; }

    /// <summary>Who has it checked out, or <see langword="null"/> while it idles in the pool.</summary>
    public NpgsqlConnection? User { get; set; }

    /// <summary>When its version was found to be replaced.</summary>
    public long? OutdatedAt { get; set; }

    /// <summary>When its version was found to be revoked.</summary>
    public long? RevokedAt { get; set; }

    /// <summary>Whether its being overdue was told.</summary>
    public bool IsReported { get; set; }

    public void End() => _hold.Dispose();
}

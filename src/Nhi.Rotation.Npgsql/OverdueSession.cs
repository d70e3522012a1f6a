using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>A connection that should have been returned by now.</summary>
/// <param name="User">Who has it checked out.</param>
/// <param name="Id">The connection.</param>
/// <param name="VersionId">The version it was opened with.</param>
/// <param name="IsBusy">Whether a command is running on it.</param>
internal readonly record struct OverdueSession(NpgsqlConnection User, SessionId Id, string VersionId, bool IsBusy);

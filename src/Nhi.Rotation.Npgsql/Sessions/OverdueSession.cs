using Npgsql;

namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>A connection that should have been returned by now.</summary>
/// <param name="User">Who has it checked out.</param>
/// <param name="ProcessId">The server's process.</param>
/// <param name="VersionId">The version it was opened with.</param>
/// <param name="Action">What to do about it.</param>
internal readonly record struct OverdueSession(NpgsqlConnection User, int ProcessId, string VersionId, OverdueAction Action);

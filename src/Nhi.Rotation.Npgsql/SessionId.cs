using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>Names a physical connection while it lives: the server, and its process there.</summary>
internal readonly record struct SessionId(string? Host, int Port, int ProcessId)
{
    public static SessionId Of(NpgsqlConnection open) => new(open.Host, open.Port, open.ProcessID);
}

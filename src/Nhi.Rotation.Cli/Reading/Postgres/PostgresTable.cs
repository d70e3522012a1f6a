using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Nhi.Rotation.Evidence.Reading;
using Npgsql;

namespace Nhi.Rotation.Cli.Reading.Postgres;

/// <summary>A table of evidence, which is read from its beginning to its end.</summary>
/// <param name="connectionString">Where it is.</param>
/// <param name="parts">Its name, and before it that of its schema, if that was said.</param>
internal sealed class PostgresTable(NpgsqlConnectionStringBuilder connectionString, IReadOnlyList<string> parts)
{
    // What is longer is no line of evidence.
    private const int MaxLineBytes = 16 << 20;

    /// <summary>What reports call it.</summary>
    public string Name => $"table {string.Join('.', parts)}";

    /// <summary>Reads all rows.</summary>
    /// <exception cref="IOException">The server does not answer, or not with rows.</exception>
    public void Read(CollectedEvidence into)
    {
        using var quotes = new NpgsqlCommandBuilder();
        try
        {
            using var source = NpgsqlDataSource.Create(connectionString);
            using var connection = source.OpenConnection();
#pragma warning disable CA2100 // The table's name is quoted.
            using var command = new NpgsqlCommand($"SELECT app, instance, number, CASE WHEN octet_length(line) < {MaxLineBytes} THEN line ELSE '' END FROM {string.Join('.', parts.Select(quotes.QuoteIdentifier))}", connection);
#pragma warning restore CA2100
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                into.AddRow(Name, rows.GetString(0), rows.GetString(1), rows.GetInt64(2), Encoding.UTF8.GetBytes(rows.GetString(3)));
            }
        }
        catch (Exception error) when (error is NpgsqlException or SocketException)
        {
            throw Told(error);
        }
        catch (InvalidCastException)
        {
            throw new IOException($"PostgreSQL: the {Name} is none of evidence. In one, app, instance and line are text, number is a bigint, and none is null.");
        }
    }

    /// <summary>What is said of a failure, and what to do: whoever asks is allowed to know the server's words.</summary>
    private IOException Told(Exception error) => new(error is PostgresException server
        ? $"PostgreSQL at {Server}: {server.MessageText} ({server.SqlState}).{Remedy(server.SqlState)}"
        : $"PostgreSQL at {Server} cannot be asked: {(error.InnerException ?? error).Message}. Is the server there, and are Host and Port of the connection string right?", error);

    private string Server => string.Create(CultureInfo.InvariantCulture, $"{connectionString.Host}:{connectionString.Port}");

    private string Remedy(string state) => state switch
    {
        PostgresErrorCodes.UndefinedTable => " Name the table with --postgres-table, schema.table if it is not on the search path, or make it: sql/nhi_evidence.sql in the package Nhi.Rotation.Npgsql.",
        PostgresErrorCodes.InsufficientPrivilege => $" Let its owner say: GRANT SELECT ON {string.Join('.', parts)} TO {connectionString.Username ?? Environment.UserName};",
        PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction => $" {Name} is no table of evidence, as sql/nhi_evidence.sql makes it: name another with --postgres-table.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => " Check Username, and the password in the connection string, in PGPASSWORD or in ~/.pgpass.",
        PostgresErrorCodes.InvalidCatalogName => " Check Database in the connection string.",
        _ => "",
    };
}

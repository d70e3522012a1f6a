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
        catch (NpgsqlException error)
        {
            throw Told(error);
        }
        catch (InvalidCastException)
        {
            throw new IOException($"PostgreSQL: the {Name} is none of evidence. In one, app, instance and line are text, number is a bigint, and none is null.");
        }
    }

    /// <summary>What is said of a failure: whoever asks is allowed to know the server's words.</summary>
    public static IOException Told(NpgsqlException error) => new(error is PostgresException server
        ? $"PostgreSQL: {server.MessageText} ({server.SqlState})."
        : $"PostgreSQL cannot be asked: {(error.InnerException ?? error).Message}");
}

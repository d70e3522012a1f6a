using Npgsql;

namespace Nhi.Rotation.Cli.Reading.Postgres;

/// <summary>A table of evidence, which is read from its beginning to its end.</summary>
/// <param name="connectionString">Where it is.</param>
/// <param name="parts">Its name, and before it that of its schema, if that was said.</param>
internal sealed class PostgresTable(NpgsqlConnectionStringBuilder connectionString, IReadOnlyList<string> parts)
{
    // What is longer is no line of evidence, and the reader would pass over it.
    private const int MaxLineBytes = 16 << 20;

    /// <summary>What reports call it.</summary>
    public string Name => $"table {string.Join('.', parts)}";

    /// <summary>Calls <paramref name="read"/> with all lines.</summary>
    /// <exception cref="IOException">The server does not answer, or not with lines.</exception>
    public void Read(Action<Stream> read)
    {
        using var quotes = new NpgsqlCommandBuilder();
        try
        {
            using var source = NpgsqlDataSource.Create(connectionString);
            using var connection = source.OpenConnection();
#pragma warning disable CA2100 // The table's name is quoted.
            using var command = new NpgsqlCommand($"SELECT line FROM {string.Join('.', parts.Select(quotes.QuoteIdentifier))} WHERE octet_length(line) < {MaxLineBytes}", connection);
#pragma warning restore CA2100
            using var rows = command.ExecuteReader();
            using var lines = new RowStream(rows);
            read(lines);
        }
        catch (NpgsqlException error)
        {
            throw Told(error);
        }
    }

    /// <summary>What is said of a failure: whoever asks is allowed to know the server's words.</summary>
    public static IOException Told(NpgsqlException error) => new(error is PostgresException server
        ? $"PostgreSQL: {server.MessageText} ({server.SqlState})."
        : $"PostgreSQL cannot be asked: {(error.InnerException ?? error).Message}");
}

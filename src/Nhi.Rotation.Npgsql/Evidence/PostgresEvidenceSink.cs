using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Nhi.Rotation.Npgsql;

/// <summary>
/// Evidence in a table of PostgreSQL: <c>WriteEvidenceTo(services => new PostgresEvidenceSink(services.GetRequiredService&lt;DbDataSource&gt;()))</c>. The package has the script that makes the table,
/// <c>sql/nhi_evidence.sql</c>. A role that may INSERT is enough, so that an app cannot change what it said. <c>nhi-rotation verify --postgres</c> reads it.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class PostgresEvidenceSink : IEvidenceSink
{
    /// <summary>The table's name unless another is given.</summary>
    public const string DefaultTable = "nhi_evidence";

    private readonly DbDataSource _dataSource;
    private readonly string _table;
    private readonly string _sql;

    /// <summary>Makes a sink.</summary>
    /// <param name="dataSource">An <see cref="NpgsqlDataSource"/> or a <see cref="RotatingNpgsqlDataSource"/>, also one whose own password rotates. It is not disposed.</param>
    /// <param name="table">The table, with its schema if that is not on the search path: <c>audit.nhi_evidence</c>. A dot divides the two.</param>
    /// <exception cref="ArgumentException">The table has no name, or more than two parts.</exception>
    public PostgresEvidenceSink(DbDataSource dataSource, string table = DefaultTable)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(table);
        if (table.Split('.') is not { Length: 1 or 2 } parts || parts.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException($"The table '{table}' cannot be named. Say table or schema.table.", nameof(table));
        }

        using var quotes = new NpgsqlCommandBuilder();
        _dataSource = dataSource;
        _table = table;
        _sql = $"INSERT INTO {string.Join('.', parts.Select(quotes.QuoteIdentifier))} (app, instance, number, written_at, line) SELECT * FROM unnest($1, $2, $3, $4, $5)";
    }

    /// <inheritdoc/>
    public string Name => $"table {_table}";

    /// <inheritdoc/>
    public async ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(lines);
        try
        {
            await InsertAsync(lines, ct).ConfigureAwait(false);
        }
        catch (PostgresException error)
        {
            throw Explain(error.SqlState);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            throw new EvidenceSinkException($"the server of the {Name} does not answer ({(error.InnerException ?? error).GetType().Name})", "Check that it runs and can be reached.");
        }
    }

    private async Task InsertAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct)
    {
        var connection = await _dataSource.OpenConnectionAsync(ct).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var command = connection.CreateCommand();
        await using var __ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // The table's name is quoted.
        command.CommandText = _sql;
#pragma warning restore CA2100
        Add(command, NpgsqlDbType.Text, lines.Select(static line => line.App));
        Add(command, NpgsqlDbType.Text, lines.Select(static line => line.Instance));
        Add(command, NpgsqlDbType.Bigint, lines.Select(static line => line.Number));
        Add(command, NpgsqlDbType.TimestampTz, lines.Select(static line => line.At.UtcDateTime));
        Add(command, NpgsqlDbType.Text, lines.Select(static line => line.Text));
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    private static void Add<T>(DbCommand command, NpgsqlDbType type, IEnumerable<T> values) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. values] });

    // What the server says of an error can quote data; its code does not. https://www.postgresql.org/docs/current/errcodes-appendix.html
    private EvidenceSinkException Explain(string state) => state switch
    {
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedColumn =>
            new($"the {Name} is missing or another one ({state})", "Make it with sql/nhi_evidence.sql of the package, or name its schema."),
        PostgresErrorCodes.InsufficientPrivilege => new($"the role may not insert into the {Name} ({state})", "GRANT INSERT on it, and USAGE on its schema."),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new($"the server of the {Name} refused the login ({state})", "Check the data source."),
        PostgresErrorCodes.ReadOnlySqlTransaction => new($"the server of the {Name} only reads ({state})", "Write to the primary: Target Session Attributes=read-write."),
        _ => new EvidenceSinkException($"the server of the {Name} answers with error {state}", "See the server's log."),
    };
}

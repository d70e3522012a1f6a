using System.CommandLine;
using Nhi.Rotation.Cli.Files;
using Npgsql;

namespace Nhi.Rotation.Cli.Reading.Postgres;

/// <summary>Where a table of evidence is. A connection string with a password is no argument: others see those.</summary>
internal sealed class PostgresOptions
{
    /// <summary>The environment variable that has the connection string.</summary>
    public const string Variable = "NHI_ROTATION_POSTGRES";

    private readonly Option<bool> _fromEnvironment = new("--postgres") { Description = $"Evidence in a table of PostgreSQL. The environment variable {Variable} has the connection string: \"Host=db;Database=audit;Username=reader\"; the password may be in it, in PGPASSWORD or in ~/.pgpass." };
    private readonly Option<FileInfo?> _fromFile = new("--postgres-file") { Description = "The same, with the connection string in a file." };
    private readonly Option<string> _table = new("--postgres-table") { Description = "Its table, nhi_evidence by default; schema.table if that is not on the search path.", DefaultValueFactory = static _ => "nhi_evidence" };

    public IReadOnlyList<Option> All => [_fromEnvironment, _fromFile, _table];

    public bool IsGiven(ParseResult arguments) => arguments.GetValue(_fromEnvironment) || arguments.GetValue(_fromFile) is not null;

    /// <summary>What they name.</summary>
    /// <returns>What makes no sense, or <see langword="null"/>.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public string? TryRead(ParseResult arguments, out PostgresTable? table)
    {
        table = null;
        if (!IsGiven(arguments))
        {
            return null;
        }

        var file = arguments.GetValue(_fromFile);
        var (text, place) = file is null ? (Environment.GetEnvironmentVariable(Variable), Variable) : (SideFile.ReadText(_fromFile.Name, file.FullName), $"'{file.FullName}'");
        var parts = arguments.GetValue(_table)!.Split('.');
        var problem = file is not null && arguments.GetValue(_fromEnvironment) ? "--postgres and --postgres-file: say one of them."
            : string.IsNullOrWhiteSpace(text) ? $"{place} is empty: it takes a connection string such as \"Host=db;Database=audit;Username=reader\"."
            : parts.Length > 2 || parts.Any(string.IsNullOrWhiteSpace) ? "--postgres-table: say table or schema.table."
            : null;
        if (problem is not null)
        {
            return problem;
        }

        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text!.Trim()) { ApplicationName = "nhi-rotation" };
            table = new PostgresTable(connection, parts);
            return connection.Host is null ? $"{place} names no server: write \"Host=db;Database=audit;Username=reader\"." : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException)
        {
            // The message may quote a part of it, and that may be the password.
            return $"{place} is no connection string of Npgsql: write \"Host=db;Database=audit;Username=reader\".";
        }
    }
}

using System.Globalization;
using Databases;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Ops.Tests.Support;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Ops.Tests.Sources;

/// <summary>A table of evidence that cannot be read, or not to its end, gives no verdict, and says why without the password.</summary>
public sealed class PostgresSourceTests : IDisposable
{
    private const string Canary = "canary-77aa";

    private readonly string _directory = Directory.CreateTempSubdirectory("postgres-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("", "is empty: it takes a connection string")]
    [InlineData("Host=db;Pasword=" + Canary, "is no connection string of Npgsql")]
    [InlineData("postgres://reader:" + Canary + "@db/audit", "is no connection string of Npgsql")]
    [InlineData("Database=audit;Password=" + Canary, "names no server")]
    [InlineData("Host=db;Port=" + Canary, "is no connection string of Npgsql")]
    public void A_connection_string_that_makes_no_sense_is_a_usage_error_and_is_not_repeated(string text, string expected)
    {
        var (exit, output) = Verify("--postgres-file", Write(text));
        Assert.Equal(64, exit);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_twice_or_not_at_all_is_a_usage_error()
    {
        var file = Write("Host=db");
        Assert.Equal(64, Verify("--postgres", "--postgres-file", file).Exit);
        Assert.Equal(64, Verify("--postgres-file", file, "--postgres-table", "a.b.c").Exit);
        Assert.Contains("NHI_ROTATION_POSTGRES is empty", Verify("--postgres").Output, StringComparison.Ordinal);
        Assert.Contains("Say where the evidence is", Verify().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_no_verdict()
    {
        var (exit, output) = Verify("--postgres-file", Write($"Host=127.0.0.1;Port=1;Username=reader;Password={Canary}"));
        Assert.Equal(66, exit);
        Assert.Contains("PostgreSQL at 127.0.0.1:1 cannot be asked: ", output, StringComparison.Ordinal);
        Assert.Contains("No verdict: what cannot be read proves nothing.", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_missing_has_no_line_or_fails_in_the_middle_is_no_verdict()
    {
        if (PostgresServer.FindPrograms() is not { } programs)
        {
            Installed.SkipUnlessInCi("PostgreSQL is not installed: apt-get install postgresql-15");
            return;
        }

        await using var server = await PostgresServer.StartAsync(programs);
        await server.ExecuteAsync($"CREATE ROLE reader LOGIN PASSWORD '{Canary}'");
        var file = Write($"{server.ConnectionString("reader")};Username=reader;Password={Canary}");
        Assert.Matches(@"^PostgreSQL at \S+:\d+: .*does not exist \(42P01\)\. Name the table with --postgres-table, .* or make it: sql/nhi_evidence\.sql", AssertNone(Verify("--postgres-file", file)));

        await server.ExecuteAsync(await File.ReadAllTextAsync(Repository.EvidenceTable, Ct));
        Assert.Contains("permission denied for table nhi_evidence (42501). Let its owner say: GRANT SELECT ON nhi_evidence TO reader;", AssertNone(Verify("--postgres-file", file)), StringComparison.Ordinal);

        await server.ExecuteAsync("GRANT SELECT ON nhi_evidence TO reader");
        var (exit, none) = Verify("--postgres-file", file);
        Assert.Equal(64, exit);
        Assert.Contains("There is no line of evidence in table nhi_evidence. The app writes them with WriteEvidenceTo(new PostgresEvidenceSink(...))", none, StringComparison.Ordinal);

        // Whole lines come first, and the server fails after thousands of them.
        await server.ExecuteAsync("CREATE SCHEMA odd; GRANT USAGE ON SCHEMA odd TO reader; CREATE VIEW odd.evidence AS SELECT CASE WHEN n < 200000 THEN repeat('x', 100) ELSE (1 / (n - n))::text END AS line, 'shop' AS app, 'aaaa' AS instance, n::bigint AS number FROM generate_series(1, 300000) AS n; GRANT SELECT ON odd.evidence TO reader");
        Assert.Contains("division by zero (22012)", AssertNone(Verify("--postgres-file", file, "--postgres-table", "odd.evidence")), StringComparison.Ordinal);

        await server.ExecuteAsync("CREATE TABLE odd.other (id int); GRANT SELECT ON odd.other TO reader");
        Assert.Contains("table odd.other is no table of evidence", AssertNone(Verify("--postgres-file", file, "--postgres-table", "odd.other")), StringComparison.Ordinal);
        Assert.Contains("Check Database in the connection string", AssertNone(Verify("--postgres-file", Write($"{server.ConnectionString("reader")};Database=nowhere;Username=reader;Password={Canary}"))), StringComparison.Ordinal);
        Assert.Contains("Check Username", AssertNone(Verify("--postgres-file", Write($"{server.ConnectionString("reader")};Username=nobody;Password={Canary}"))), StringComparison.Ordinal);
    }

    private static string AssertNone((int Exit, string Output) answer)
    {
        Assert.Equal(66, answer.Exit);
        Assert.DoesNotContain(Canary, answer.Output, StringComparison.Ordinal);
        return answer.Output;
    }

    private static (int Exit, string Output) Verify(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        return (CommandLine.Run(["verify", .. arguments], TimeProvider.System, Stream.Null, output, output), output.ToString());
    }

    private string Write(string text)
    {
        var path = Path.Join(_directory, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }
}

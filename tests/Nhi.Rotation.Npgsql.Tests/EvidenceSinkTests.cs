using Nhi.Rotation.Testing;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>Evidence in a table of a real server.</summary>
public sealed class EvidenceSinkTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Rules => [.. EvidenceSinkConformance.Rules.Select(static rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task It_keeps_the_rules_with_a_role_that_may_insert_only(string ruleId)
    {
        await using var store = await EvidenceStore.CreateAsync(await postgres.StartAsync());
        var result = await EvidenceSinkConformance.CheckAsync(ruleId, store, Ct);
        result.ThrowIfFailed();
        Assert.Equal(ConformanceVerdict.Passed, result.Verdict);
    }

    [Fact]
    public async Task The_app_cannot_read_change_or_take_away_what_it_said_nor_say_who_wrote_it()
    {
        await using var store = await EvidenceStore.CreateAsync(await postgres.StartAsync());
        await store.New().AppendAsync([Line("first")], Ct);

        foreach (var sql in (string[])[
            $"SELECT line FROM {store.Table}", $"UPDATE {store.Table} SET line = ''", $"DELETE FROM {store.Table}", $"TRUNCATE {store.Table}", $"DROP TABLE {store.Table}",
            $"INSERT INTO {store.Table} (writer, app, instance, number, written_at, line) VALUES ('other', '', '', 1, now(), '')"])
        {
            await using var command = store.App.CreateCommand(sql);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct))).SqlState);
        }

        Assert.Equal(1, await store.Server.CountAsync($"SELECT count(*) FROM {store.Table} WHERE writer = '{store.Role}' AND line = 'first'"));
    }

    [Fact]
    public async Task Each_failure_says_what_to_do_and_no_more_than_that()
    {
        await using var store = await EvidenceStore.CreateAsync(await postgres.StartAsync());
        await AssertFailsAsync(new PostgresEvidenceSink(store.App, "no_such"), "the table no_such is missing or another one (42P01). Make it with sql/nhi_evidence.sql of the package, or name its schema.");
        await AssertFailsAsync(new PostgresEvidenceSink(store.App, "no_such.nhi_evidence"), "the table no_such.nhi_evidence is missing or another one (42P01). Make it with sql/nhi_evidence.sql of the package, or name its schema.");
        await AssertFailsAsync(new PostgresEvidenceSink(store.App, "pg_catalog.pg_authid"), "the table pg_catalog.pg_authid is missing or another one (42703). Make it with sql/nhi_evidence.sql of the package, or name its schema.");
        await store.Server.ExecuteAsync($"REVOKE ALL ON {store.Table} FROM {store.Role}");
        await AssertFailsAsync(store.New(), $"the role may not insert into the table {store.Name} (42501). GRANT INSERT on it, and USAGE on its schema.");

        await using var wrong = NpgsqlDataSource.Create(store.Server.ConnectionString("wrong") + $";Username={store.Role};Password=canary-5ccf");
        await AssertFailsAsync(new PostgresEvidenceSink(wrong), "the server of the table nhi_evidence refused the login (28P01). Check the data source.");
        await using var nobody = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=a;Password=canary-5ccf");
        await AssertFailsAsync(new PostgresEvidenceSink(nobody), "the server of the table nhi_evidence does not answer (SocketException). Check that it runs and can be reached.");
        await using var reading = NpgsqlDataSource.Create(store.Server.ConnectionString("reading") + $";Username={store.Role};Password={store.Password};Options=-c default_transaction_read_only=on");
        await AssertFailsAsync(new PostgresEvidenceSink(reading, store.Name), $"the server of the table {store.Name} only reads (25006). Write to the primary: Target Session Attributes=read-write.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("audit.")]
    public async Task A_table_that_cannot_be_named_is_refused(string table)
    {
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1");
        Assert.Throws<ArgumentException>(() => new PostgresEvidenceSink(source, table));
    }

    [Fact]
    public async Task A_name_is_a_name_whatever_it_has_in_it()
    {
        await using var store = await EvidenceStore.CreateAsync(await postgres.StartAsync(), "Evi\"dence; DROP TABLE x --");
        await store.New().AppendAsync([Line("odd")], Ct);
        Assert.Equal(["odd"], await store.ReadAsync(Ct));
    }

    private static EvidenceLine Line(string text) => new("shop", "0123456789abcdef", 1, DateTimeOffset.UnixEpoch, text);

    private static async Task AssertFailsAsync(IEvidenceSink sink, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<EvidenceSinkException>(async () => await sink.AppendAsync([Line("x")], Ct))).Message);
}

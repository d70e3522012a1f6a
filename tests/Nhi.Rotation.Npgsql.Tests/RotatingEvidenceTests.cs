using System.Globalization;
using Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>Evidence that goes through a data source whose own password rotates, which the evidence tells of.</summary>
public sealed class RotatingEvidenceTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Its_chain_goes_on_through_rotations_of_its_own_password()
    {
        await using var store = await EvidenceStore.CreateAsync(await postgres.StartAsync());
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("audit-db", Login(store, store.Password));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRotatingCredentials()
            .WriteEvidenceTo(services => new PostgresEvidenceSink(services.GetRequiredService<RotatingNpgsqlDataSource>(), store.Name))
            .Configure(static options => options.SweepInterval = TimeSpan.FromMilliseconds(100))
            .AddCredential("audit-db", credential => credential.UseBackend("audit-db", _ => backend).Configure(static options =>
            {
                options.QuietPeriod = TimeSpan.Zero;
                options.RejectionRefreshInterval = TimeSpan.FromMilliseconds(50);
            }));
        builder.Services.AddRotatingNpgsqlDataSource("audit-db", store.Server.ConnectionString("audit"));
        using (var app = builder.Build())
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            var credential = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("audit-db");
            for (var rotation = 0; rotation < 3; rotation++)
            {
                var old = credential.Current.VersionId;
                var password = PostgresServer.NewPassword();
                await store.Server.ExecuteAsync($"ALTER ROLE {store.Role} PASSWORD '{password}'");
                var version = backend.Add("audit-db", Login(store, password));
                await credential.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

                // What the table has by now came over a connection of the new password.
                await Eventually.TrueAsync(() => ReadAsync(store, line => line.Contains("\"kind\":\"used\"", StringComparison.Ordinal) && line.Contains($"\"version\":\"{version}\"", StringComparison.Ordinal)));
                await Eventually.TrueAsync(() => ReadAsync(store, line => line.Contains("\"kind\":\"superseded\"", StringComparison.Ordinal) && line.Contains($"\"version\":\"{old}\"", StringComparison.Ordinal)));
            }

            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        using var collected = new CollectedEvidence();
        foreach (var line in await store.ReadAsync(TestContext.Current.CancellationToken))
        {
            var number = long.Parse(line["{\"seq\":".Length..line.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
            collected.AddRow("table", "app", line[(line.IndexOf("\"instance\":\"", StringComparison.Ordinal) + 12)..][..16], number, System.Text.Encoding.UTF8.GetBytes(line));
        }

        var instance = Assert.Single(EvidenceReader.Read([], collected: collected));
        Assert.Empty(instance.Findings);
        Assert.True(instance.IsClosed);
        Assert.Equal(4, instance.Credentials["audit-db"].Histories.Count);
        Assert.True(instance.Lines < 200, $"{instance.Lines} lines: its own uses must not be what it tells of without end");
    }

    private static async Task<bool> ReadAsync(EvidenceStore store, Func<string, bool> what) => (await store.ReadAsync(TestContext.Current.CancellationToken)).Any(what);

    private static string Login(EvidenceStore store, string password) => $$"""{"engine":"postgres","host":"127.0.0.1","username":"{{store.Role}}","password":"{{password}}"}""";
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Databases;
using DynamicDatabase;
using DynamicDatabase.LocalVault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Npgsql;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>Leases whose users a real PostgreSQL has: what is given back is refused there, and what is in use is not.</summary>
public sealed class DynamicDatabaseTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly string _tokenFile = Path.GetTempFileName();
    private readonly ConcurrentDictionary<string, string> _passwords = new(StringComparer.Ordinal);
    private PostgresServer? _server;
    private volatile bool _refusesAll;
    private DatabaseRoles? _roles;
    private LeasingVault? _vault;

    private LeaseEngine Engine => _vault!.Engine;

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.FindPrograms() is not { } programs)
        {
            Installed.SkipUnlessInCi("PostgreSQL is not installed: apt-get install postgresql-15");
            return;
        }

        _server = await PostgresServer.StartAsync(programs);
        _roles = new DatabaseRoles(_server);
        _vault = await LeasingVault.StartAsync(new LeaseEngine(TimeProvider.System, CreateAsync, _roles.DropAsync));
        await File.WriteAllTextAsync(_tokenFile, LeasingVault.Token, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_tokenFile);
        await (_vault?.DisposeAsync() ?? default);
        await (_server?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task Leases_follow_each_other_under_load_each_old_one_is_revoked_long_before_its_end_no_query_fails_and_none_is_left()
    {
        (Engine.Duration, Engine.IsRenewable) = (TimeSpan.FromMinutes(10), false);
        using var app = App();
        await app.StartAsync(Ct);
        var orders = app.Services.GetRequiredService<RotatingNpgsqlDataSource>();
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        await using var load = new QueryLoad(orders);
        for (var lease = 1; lease <= 5; lease++)
        {
            await load.UntilMoreAsync(20);
            var old = Engine.Leases.Single();

            // Late in its life, by the app's clock; the server's stays.
            Time.Add(TimeSpan.FromMinutes(7));
            await provider.RefreshAsync(RefreshReason.Requested, Ct);
            await load.UntilMoreAsync(20);
            await Eventually.TrueAsync(async () => await _roles!.CountAsync() == 1, () => $"lease {lease} is still there");

            Assert.Equal("28P01", await LoginAsync($"v-app-{lease}"));
            Assert.True(old.ExpiresOn > TimeProvider.System.GetUtcNow());
        }

        await load.DisposeAsync();
        await app.StopAsync(Ct);

        Assert.Empty(load.Failures);
        Assert.Equal((6, 0), Engine.Counts);
        Assert.Equal(0, await _roles!.CountAsync());
    }

    [Fact]
    public async Task A_lease_that_leaked_is_revoked_at_once_and_another_one_is_in_its_place()
    {
        using var app = App();
        await app.StartAsync(Ct);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        var leaked = provider.Current.VersionId;

        await provider.RevokeAsync(leaked, "leaked in a log", Ct);

        Assert.Equal("28P01", await LoginAsync("v-app-1"));
        Assert.NotEqual(leaked, (await provider.GetCurrentAsync(Ct)).VersionId);
        await using (var connection = await app.Services.GetRequiredService<RotatingNpgsqlDataSource>().OpenConnectionAsync(Ct))
        {
            Assert.Equal("v-app-2", connection.UserName);
        }

        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task One_that_an_operator_revoked_at_Vault_is_replaced_when_the_server_refuses_it()
    {
        using var app = App();
        await app.StartAsync(Ct);
        var orders = app.Services.GetRequiredService<RotatingNpgsqlDataSource>();
        await Engine.EndAsync(Engine.Leases.Single().Id);

        // The refusal asks Vault, which has another one.
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await using var connection = await orders.OpenConnectionAsync(Ct);
                return connection.UserName == "v-app-2";
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });

        await app.StopAsync(Ct);
        Assert.Equal(0, await _roles!.CountAsync());
    }

    [Fact]
    public async Task One_whose_user_somebody_dropped_by_hand_is_replaced_at_once_under_load_and_given_back()
    {
        using var app = App();
        await app.StartAsync(Ct);
        await using var load = new QueryLoad(app.Services.GetRequiredService<RotatingNpgsqlDataSource>());
        await load.UntilMoreAsync(20);

        await _roles!.DropAsync(Engine.Leases.Single().Data);
        await load.UntilMoreAsync(100);
        await Eventually.TrueAsync(() => Engine.Leases.Count == 1);
        await load.DisposeAsync();

        // What was at work on a connection that was cut failed, and what was on its way to one; nothing that began later.
        Assert.All(load.Failures, static failure => Assert.Contains("57P01", failure, StringComparison.Ordinal));
        Assert.InRange(load.Failures.Count, 0, 4);
        Assert.Equal((2, 0), Engine.Counts);
        Assert.Equal(1, await _roles.CountAsync());
        await app.StopAsync(Ct);
        Assert.Equal(0, await _roles.CountAsync());
    }

    [Fact]
    public async Task A_database_that_refuses_everybody_costs_one_more_lease_however_many_logins_fail()
    {
        using var app = App();
        await app.StartAsync(Ct);
        var orders = app.Services.GetRequiredService<RotatingNpgsqlDataSource>();
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        await provider.GetCurrentAsync(Ct);
        _refusesAll = true;
        await LockOutAsync();

        for (var attempt = 0; attempt < 100; attempt++)
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await orders.OpenConnectionAsync(Ct));
        }

        Assert.Equal(2, Engine.Counts.Made);
        await app.StopAsync(Ct);
        Assert.Equal(0, await _roles!.CountAsync());
    }

    private ShiftedTime Time { get; } = new();

    private IHost App()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddRotatingCredentials()
            .Configure(static options => options.CollectionInterval = TimeSpan.FromSeconds(1))
            .AddCredential("orders-db", credential => credential
                .FromVaultLease("database/creds/app", lease =>
                {
                    lease.Address = _vault!.Address;
                    lease.TokenFile = _tokenFile;
                })
                .Configure(static options =>
                {
                    options.QuietPeriod = TimeSpan.FromSeconds(1);
                    options.RejectionRefreshInterval = TimeSpan.FromMilliseconds(50);
                }));
        builder.Services.AddRotatingNpgsqlDataSource("orders-db", _server!.ConnectionString("orders"));
        return builder.Build();
    }

    private async Task<JsonObject?> CreateAsync(string role)
    {
        var made = await _roles!.CreateAsync(role);
        _passwords[made!["username"]!.GetValue<string>()] = made["password"]!.GetValue<string>();
        await (_refusesAll ? LockOutAsync() : Task.CompletedTask);
        return made;
    }

    private Task LockOutAsync() => _server!.ExecuteAsync("DO $$ DECLARE r record; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-app-%' LOOP EXECUTE format('ALTER ROLE %I NOLOGIN', r.rolname); END LOOP; END $$");

    // The SQLSTATE of a refusal, or null for a login that works.
    private async Task<string?> LoginAsync(string user)
    {
        try
        {
            await using var connection = new NpgsqlConnection($"{_server!.ConnectionString("attempt")};Pooling=false;Username={user};Password={_passwords[user]}");
            await connection.OpenAsync(Ct);
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }
}

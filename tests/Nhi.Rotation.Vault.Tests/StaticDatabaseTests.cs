using Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Npgsql;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>One user of a real PostgreSQL, whose password is changed there and then told, as Vault's engine does with a static role.</summary>
public sealed class StaticDatabaseTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly string _tokenFile = Path.GetTempFileName();
    private PostgresServer? _server;
    private LoginVault? _vault;

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.FindPrograms() is not { } programs)
        {
            Installed.SkipUnlessInCi("PostgreSQL is not installed: apt-get install postgresql-15");
            return;
        }

        _server = await PostgresServer.StartAsync(programs);
        _vault = await LoginVault.StartAsync(TimeProvider.System);
        await _server.ExecuteAsync($"CREATE ROLE app LOGIN PASSWORD '{_vault.Password}'");
        await File.WriteAllTextAsync(_tokenFile, "account-token-1", Ct);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_tokenFile);
        await (_vault?.DisposeAsync() ?? default);
        await (_server?.DisposeAsync() ?? default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_password_changes_on_Vaults_schedule_under_load_and_no_query_fails(bool isPooling)
    {
        _vault!.Period = TimeSpan.FromSeconds(2);
        using var app = App(isPooling);
        await app.StartAsync(Ct);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        await using var load = new QueryLoad(app.Services.GetRequiredService<RotatingNpgsqlDataSource>());
        for (var rotation = 1; rotation <= 5; rotation++)
        {
            // Not before its time, as Vault's own clock has it.
            await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() >= _vault.RotatedOn + _vault.Period);
            await RotateAsync();
            await load.UntilMoreAsync(20);
            await Eventually.TrueAsync(() => provider.Current.CreatedOn == _vault.RotatedOn);
        }

        await load.DisposeAsync();
        await app.StopAsync(Ct);

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task A_login_that_the_old_password_does_not_open_has_the_new_one_at_once_long_before_Vault_said()
    {
        _vault!.Period = TimeSpan.FromHours(24);
        using var app = App(isPooling: false);
        await app.StartAsync(Ct);
        var orders = app.Services.GetRequiredService<RotatingNpgsqlDataSource>();
        await using (await orders.OpenConnectionAsync(Ct))
        {
            // The first password works.
        }

        for (var rotation = 1; rotation <= 3; rotation++)
        {
            // A refusal asks once in the interval; a password that changes twice within it is beyond what is promised.
            var last = TimeProvider.System.GetTimestamp();
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(last) > Interval * 2);
            await RotateAsync();
            await using var connection = await orders.OpenConnectionAsync(Ct);
            Assert.Equal("app", connection.UserName);
        }

        await app.StopAsync(Ct);
    }

    // As the engine does it: first at the server, then for whoever asks.
    private async Task RotateAsync()
    {
        var password = PostgresServer.NewPassword();
        await _server!.ExecuteAsync($"ALTER ROLE app PASSWORD '{password}'");
        _vault!.Rotate(password);
    }

    private IHost App(bool isPooling)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRotatingCredentials().AddCredential("orders-db", credential => credential
            .FromVaultStaticRole("database/static-creds/app", role =>
            {
                role.Address = _vault!.Address;
                role.Login = VaultLogin.Kubernetes("app", _tokenFile);
            })
            .Configure(static options => options.RejectionRefreshInterval = Interval));
        builder.Services.AddRotatingNpgsqlDataSource("orders-db", $"{_server!.ConnectionString("orders")};Pooling={isPooling}");
        return builder.Build();
    }
}

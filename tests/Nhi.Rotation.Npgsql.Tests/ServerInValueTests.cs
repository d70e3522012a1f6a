using Nhi.Rotation.Testing;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>A value that is more than a login: what it says of the server is compared, used or, when that is asked for, ignored.</summary>
public sealed class ServerInValueTests(PostgresFixture postgres)
{
    private const string Configured = "Host=db;Port=5433;Database=orders;SSL Mode=Require";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres://app:c4nary@DB:5433/orders?sslmode=require")]
    [InlineData("postgres://app:c4nary@db/orders")]
    [InlineData("Host=db;Username=app;Password=c4nary;SSL Mode=Require")]
    [InlineData("jdbc:postgresql://db:5433/orders?user=app&password=c4nary")]
    [InlineData("""{"username":"app","password":"c4nary","engine":"postgres","host":"db","port":5433,"dbname":"orders"}""")]
    public async Task A_value_that_names_the_configured_server_logs_in(string value)
    {
        await using var source = Source(Configured, value);

        await using var connection = source.CreateConnection();

        Assert.Equal("app", connection.UserName);
    }

    [Theory]
    [InlineData("postgres://app:c4nary@other/orders", "another Host than the connection string, which has 'db'")]
    [InlineData("postgres://app:c4nary@db:5432/orders", "another Port than the connection string, which has '5433'")]
    [InlineData("postgres://app:c4nary@db/other", "another Database than the connection string, which has 'orders'")]
    [InlineData("postgres://app:c4nary@db/orders?sslmode=disable", "other settings")]
    [InlineData("postgres://app:c4nary@db/orders?c4nary=1", "that Npgsql does not know")]
    [InlineData("postgres://app:c4nary@db/orders?passfile=c4nary", "Passfile")]
    [InlineData("Host=db;Username=app;Password=c4nary;Timeout=c4nary", "that Npgsql does not know or take")]
    [InlineData("""{"username":"app","password":"c4nary","host":"other"}""", "another Host")]
    public async Task A_value_that_names_another_is_refused_and_nothing_of_it_shown(string value, string cause)
    {
        await using var source = Source(Configured, value);

        var error = Assert.Throws<CredentialFormatException>(source.CreateConnection);

        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("other'", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://app:p@b:2/x", null)]
    [InlineData("postgres://app:p@B/x", null)]
    [InlineData("postgres://app:p@a,b:2/x", null)]
    [InlineData("""{"username":"app","password":"p","host":"c","port":5432}""", null)]
    [InlineData("postgres://app:p@b:1/x", "another Port than the connection string, which has '1,2,5432'")]
    [InlineData("postgres://app:p@b,d/x", "another Host than the connection string, which has 'a:1,b:2,c'")]
    public async Task One_of_several_servers_is_no_other(string value, string? cause)
    {
        await using var source = Source("Host=a:1,b:2,c;Database=x", value);
        if (cause is null)
        {
            await source.CreateConnection().DisposeAsync();
            return;
        }

        Assert.Contains(cause, Assert.Throws<CredentialFormatException>(source.CreateConnection).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_ignored_only_when_that_is_asked_for()
    {
        await using var source = Source(Configured, "postgres://app:p@other:1/x?y=z", static options => options.ServerInValue = ServerInValue.Ignore);

        await using var connection = source.CreateConnection();

        var settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString);
        Assert.Equal(("app", "db", 5433, "orders"), (settings.Username, settings.Host, settings.Port, settings.Database));
    }

    [Fact]
    public async Task A_password_that_looks_like_a_URL_is_asked_for_as_one()
    {
        await using var source = Source(Configured + ";Username=app", "a://b@c", static options => options.Form = LoginForm.Password);

        await using var connection = source.CreateConnection();

        Assert.Equal("app", connection.UserName);
    }

    [Fact]
    public async Task The_value_brings_the_server_and_takes_the_data_source_to_another()
    {
        await using var source = Source(string.Empty, "postgres://app:p%40ss@db1:5433/orders?application_name=shop&sslmode=verify-full", Use);
        await using var first = source.CreateConnection();
        var settings = new NpgsqlConnectionStringBuilder(first.ConnectionString);

        Assert.Equal(("db1", 5433, "orders", "app", "shop", SslMode.VerifyFull), (settings.Host, settings.Port, settings.Database, settings.Username, settings.ApplicationName, settings.SslMode));
        Assert.Null(settings.Password);

        await using var second = Source("Database=orders;Port=5433", "postgres://app:p@db2", Use);
        await using var connection = second.CreateConnection();
        settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString);
        Assert.Equal(("db2", 5433, "orders"), (settings.Host, settings.Port, settings.Database));

        await using var nowhere = Source("Database=orders", "p", static options => { Use(options); options.Configure = static npgsql => npgsql.ConnectionStringBuilder.Username = "app"; });
        Assert.Contains("names no server", Assert.Throws<CredentialFormatException>(nowhere.CreateConnection).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotation_goes_to_the_server_that_the_new_value_names()
    {
        var server = await postgres.StartAsync();
        await using var second = new Forwarder(server.Port);
        await using var shop = await Shop.OpenAsync(postgres);
        var (user, password) = (shop.UserA, await shop.SetPasswordAsync(shop.UserA));
        var provider = new FakeCredentialProvider("orders-db", $"postgres://{user}:{password}@127.0.0.1:{server.Port}/postgres?sslmode=disable");
        var options = new RotatingNpgsqlOptions();
        Use(options);
        await using var source = new RotatingNpgsqlDataSource(string.Empty, provider, options);
        await using (var before = await source.OpenConnectionAsync(Ct))
        {
            Assert.Equal(server.Port, before.Port);
        }

        provider.RotateTo($"postgres://{user}:{password}@127.0.0.1:{second.Port}/postgres?sslmode=disable");

        await using var after = await source.OpenConnectionAsync(Ct);
        Assert.Equal(second.Port, after.Port);
        Assert.True(second.Accepted > 0, "the second server got no connection");
    }

    private static void Use(RotatingNpgsqlOptions options) => options.ServerInValue = ServerInValue.Use;

    private static RotatingNpgsqlDataSource Source(string connectionString, string value, Action<RotatingNpgsqlOptions>? configure = null)
    {
        var options = new RotatingNpgsqlOptions();
        configure?.Invoke(options);
        return new RotatingNpgsqlDataSource(connectionString, new FakeCredentialProvider("orders-db", value), options);
    }
}

using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class SetupTests
{
    private const string Host = "Host=127.0.0.1;Port=1";

    [Theory]
    [InlineData("Host=db;Password=c4nary", "Leave it out")]
    [InlineData("Host=db;Passfile=/x", "Leave it out")]
    [InlineData("Host=db;Multiplexing=true", "Multiplexing")]
    [InlineData("Host=db;Integrated Security=true;Username=c4nary", "keywords")]
    [InlineData("Database=orders;Username=c4nary", "Host")]
    [InlineData("Host=db;Paswort=c4nary", "connection string")]
    [InlineData("Host=db;Port=c4nary", "connection string")]
    public void A_connection_string_that_cannot_work_is_refused_without_showing_it(string connectionString, string named)
    {
        var services = new ServiceCollection();

        var error = Assert.Throws<ArgumentException>(() => services.AddRotatingNpgsqlDataSource("orders-db", connectionString));

        Assert.Contains("'orders-db'", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_that_make_no_sense_are_refused_by_name()
    {
        var services = new ServiceCollection();

        Assert.Contains("DrainTimeout", Assert.Throws<ArgumentException>(() => services.AddRotatingNpgsqlDataSource(
            "orders-db", Host, static options => options.DrainTimeout = TimeSpan.Zero)).Message, StringComparison.Ordinal);
        Assert.Contains("RevokedDrainTimeout", Assert.Throws<ArgumentException>(() => services.AddRotatingNpgsqlDataSource(
            "orders-db", Host, static options => options.RevokedDrainTimeout = TimeSpan.FromSeconds(-2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_sources_are_injected_by_name_and_the_first_also_without()
    {
        await using var services = Services()
            .AddRotatingNpgsqlDataSource("orders-db", Host)
            .AddRotatingNpgsqlDataSource("orders-db", Host, static options => options.Name = "orders-replica")
            .BuildServiceProvider();

        var first = services.GetRequiredService<RotatingNpgsqlDataSource>();

        Assert.Equal("orders-db", first.Name);
        Assert.Same(first, services.GetRequiredService<DbDataSource>());
        Assert.Same(first, services.GetRequiredKeyedService<RotatingNpgsqlDataSource>("orders-db"));
        Assert.Equal("orders-replica", Assert.IsType<RotatingNpgsqlDataSource>(services.GetRequiredKeyedService<DbDataSource>("orders-replica")).Name);
    }

    [Fact]
    public void The_same_name_twice_is_refused()
    {
        var services = Services().AddRotatingNpgsqlDataSource("orders-db", Host);

        Assert.Contains("Name", Assert.Throws<InvalidOperationException>(() => services.AddRotatingNpgsqlDataSource("orders-db", Host)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_alone_takes_the_user_name_of_the_connection_string_and_says_so_when_there_is_none()
    {
        var provider = new FakeCredentialProvider("orders-db", "only-a-password");
        await using var named = new RotatingNpgsqlDataSource(Host + ";Username=app", provider);
        await using var unnamed = new RotatingNpgsqlDataSource(Host, provider);

        await using var connection = named.CreateConnection();

        Assert.Equal("app", connection.UserName);
        Assert.Contains("user name", Assert.Throws<CredentialFormatException>(unnamed.CreateConnection).Message, StringComparison.Ordinal);
    }

    private static ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("orders-db", static credential => credential.UseBackend("orders-db", static _ => new FakeCredentialBackend(TimeProvider.System)));
        return services;
    }
}

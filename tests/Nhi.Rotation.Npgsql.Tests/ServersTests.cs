using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>What a version is worth is known for each server, also when the app starts.</summary>
public sealed class ServersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_lags_behind_does_not_decide_for_one_that_has_rotated()
    {
        var time = new FakeTimeProvider();
        await using var lagging = new LoginServer();
        await using var rotated = new LoginServer();
        await using var app = new LoginApp(LoginApp.Value("a"));
        await app.StartAsync();
        await using var first = new RotatingNpgsqlDataSource($"{lagging.ConnectionString};Pooling=false", app.Credential, new RotatingNpgsqlOptions { Name = "lagging" }, timeProvider: time);
        await using var second = new RotatingNpgsqlDataSource($"{rotated.ConnectionString};Pooling=false", app.Credential, new RotatingNpgsqlOptions { Name = "rotated" }, timeProvider: time);
        await OpenBothAsync(times: 3);

        lagging.PasswordOf = static user => user == "a" ? "a" : null;
        rotated.PasswordOf = static user => user == "b" ? "b" : null;
        await app.RotateToAsync("b");
        await OpenBothAsync(times: 60);

        // Each learns what its own server takes, and asks now and then for the other one.
        Assert.InRange(lagging.Tried.Count(static user => user == "b"), 1, 12);
        Assert.InRange(rotated.Tried.Count(static user => user == "a"), 3, 3 + 12);

        async Task OpenBothAsync(int times)
        {
            for (var round = 0; round < times; round++)
            {
                await (await first.OpenConnectionAsync(Ct)).DisposeAsync();
                await (await second.OpenConnectionAsync(Ct)).DisposeAsync();
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    [Theory]
    [InlineData("""{"username":"no password"}""", false)]
    [InlineData("""{"username":"no password"}""", true)]
    [InlineData("""{"username":"b","password":"invalid"}""", false)]
    [InlineData("""{"username":"b","password":"invalid"}""", true)]
    public async Task An_app_that_starts_with_a_bad_current_version_and_a_good_previous_one_does_as_a_running_one(string current, bool isOwnOpen)
    {
        await using var server = new LoginServer();
        await using var app = new LoginApp(LoginApp.Value("a"), current);
        await app.StartAsync();
        await using var orders = new RotatingNpgsqlDataSource($"{server.ConnectionString};Pooling=false", app.Credential);

        for (var open = 0; open < 20; open++)
        {
            await using var connection = isOwnOpen ? orders.CreateConnection() : await orders.OpenConnectionAsync(Ct);
            if (isOwnOpen)
            {
                await connection.OpenAsync(Ct);
            }

            Assert.Equal("a", connection.UserName);
        }

        Assert.InRange(server.Tried.Count(static user => user == "b"), 0, 1);
    }

    [Fact]
    public async Task A_connection_object_of_a_retired_user_says_that_a_new_one_is_needed()
    {
        await using var server = new LoginServer();
        var provider = new Testing.FakeCredentialProvider("orders-db", LoginApp.Value("a"));
        await using var orders = new RotatingNpgsqlDataSource(server.ConnectionString, provider);
        await using var made = orders.CreateConnection();
        await made.OpenAsync(Ct);
        await made.CloseAsync();

        provider.RotateTo(LoginApp.Value("b"));
        await made.OpenAsync(Ct);
        await made.CloseAsync();
        provider.Retire("v1");

        var error = await Assert.ThrowsAsync<NpgsqlException>(() => made.OpenAsync(Ct));
        var cause = Assert.IsType<CredentialUnavailableException>(error.InnerException);
        Assert.Contains("'v1' is retired", cause.Message, StringComparison.Ordinal);
        Assert.Contains("Create a new connection object", cause.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(
            () =>
            {
                using var next = orders.CreateConnection();
                return next.UserName == "b";
            },
            () => "new connection objects have the old user");
    }
}

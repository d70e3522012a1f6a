using MySqlConnector;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>The recipe for MySqlConnector in an app, on a real MariaDB.</summary>
internal sealed class MariaDbShop : IAsyncDisposable
{
    private MariaDbShop(MariaDbServer server) => Server = server;

    public MariaDbServer Server { get; }

    public App App { get; } = new();

    public OrdersDatabase Orders { get; private set; } = null!;

    public static async Task<MariaDbShop> OpenAsync(MariaDbFixture mariaDb, string settings = "Maximum Pool Size=20")
    {
        var shop = new MariaDbShop(await mariaDb.StartAsync());
        foreach (var user in (string[])[shop.App.UserA, shop.App.UserB])
        {
            await shop.Server.ExecuteAsync($"CREATE USER {user}");
        }

        shop.App.Publish(shop.App.UserA, await shop.SetPasswordAsync(shop.App.UserA));
        await shop.App.StartAsync();
        shop.Orders = shop.MakeDatabase(settings);
        return shop;
    }

    public OrdersDatabase MakeDatabase(string settings = "") => new(App.Credential, $"{Server.Address};{settings}");

    public Load Load(int workers = 6) => new(workers, async () =>
    {
        await using var connection = await Orders.OpenAsync(CancellationToken.None);
        await using var command = new MySqlCommand("SELECT SLEEP(0.002)", connection);
        await command.ExecuteNonQueryAsync();
    });

    public async Task<string> SetPasswordAsync(string user)
    {
        var password = ServerProcess.NewPassword();
        await Server.ExecuteAsync($"ALTER USER {user} IDENTIFIED BY '{password}'");
        return password;
    }

    /// <summary>The strategy of alternating users: the other user gets a new password and takes over.</summary>
    public async Task<string> RotateToAsync(string user)
    {
        var version = App.Publish(user, await SetPasswordAsync(user));
        await App.RefreshAsync();
        Assert.Equal(version, App.Credential.Current.VersionId);
        return version;
    }

    /// <summary>The server's own view.</summary>
    public Task<string[]> SessionsOfAsync(string user) => Server.ReadAsync($"SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{user}'");

    public Task UntilNoSessionOfAsync(string user) => Eventually.TrueAsync(async () => (await SessionsOfAsync(user)).Length == 0, () => $"connections of {user} are left");

    public static async Task<string> UserOfAsync(MySqlConnection connection)
    {
        await using var command = new MySqlCommand("SELECT SUBSTRING_INDEX(USER(), '@', 1)", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What the server says to a password.</summary>
    public async Task<int> LogInAsync(string user, string password)
    {
        await using var connection = new MySqlConnection($"{Server.Address};User ID={user};Password={password};Pooling=false");
        try
        {
            await connection.OpenAsync();
            return 0;
        }
        catch (MySqlException error)
        {
            return error.Number;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Orders?.Dispose();
        await App.DisposeAsync();
    }
}

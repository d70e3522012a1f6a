using System.Collections.Concurrent;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;
using RabbitMQ.Client;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>The recipes for RabbitMQ.Client in an app, on a real RabbitMQ, in a virtual host of their own.</summary>
internal sealed class RabbitMqShop : IAsyncDisposable
{
    private int _published;

    private RabbitMqShop(RabbitMqServer server) => Server = server;

    public RabbitMqServer Server { get; }

    public App App { get; } = new();

    public OrdersBroker Orders { get; private set; } = null!;

    public int Published => Volatile.Read(ref _published);

    /// <summary>How often each message was handled.</summary>
    public ConcurrentDictionary<string, int> Handled { get; } = [];

    public static async Task<RabbitMqShop> OpenAsync(RabbitMqFixture rabbitMq)
    {
        var shop = new RabbitMqShop(await rabbitMq.StartAsync());
        var password = ServerProcess.NewPassword();
        await shop.Server.AddVirtualHostAsync(shop.App.UserA);
        await shop.Server.AddUserAsync(shop.App.UserA, password, shop.App.UserA);
        await shop.Server.AddUserAsync(shop.App.UserB, ServerProcess.NewPassword(), shop.App.UserA);
        shop.App.Publish(shop.App.UserA, password);
        await shop.App.StartAsync();
        shop.Orders = shop.MakeBroker();
        await shop.Orders.UseAsync((channel, _) => channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, cancellationToken: CancellationToken.None), CancellationToken.None);
        return shop;
    }

    public OrdersBroker MakeBroker() => new(
        App.Credential,
        () => new ConnectionFactory { HostName = "127.0.0.1", Port = Server.Port, VirtualHost = App.UserA, NetworkRecoveryInterval = TimeSpan.FromMilliseconds(1) });

    /// <summary>Publishes messages; each is done when the broker has confirmed it.</summary>
    public Load Load(int workers = 4) => new(workers, async () =>
    {
        await PublishAsync();
        await Task.Delay(1);
    });

    public Task PublishAsync() => Orders.UseAsync(
        async (channel, _) => await channel.BasicPublishAsync(string.Empty, "orders", BitConverter.GetBytes(Interlocked.Increment(ref _published)), CancellationToken.None),
        CancellationToken.None);

    public Task UntilHandledAsync() => Eventually.TrueAsync(() => Handled.Count == Published, () => $"{Handled.Count} of {Published} messages were handled");

    public async Task<OrdersConsumer> ConsumeAsync(Func<Task>? handle = null)
    {
        var consumer = new OrdersConsumer(Orders, message =>
        {
            Handled.AddOrUpdate(Convert.ToHexString(message.Body.Span), 1, static (_, count) => count + 1);
            return handle?.Invoke() ?? Task.CompletedTask;
        });
        await consumer.StartAsync(CancellationToken.None);
        return consumer;
    }

    /// <summary>The strategy of alternating users: the other user gets a new password and takes over.</summary>
    public async Task<string> RotateToAsync(string user)
    {
        var password = ServerProcess.NewPassword();
        await Server.ChangePasswordAsync(user, password);
        var version = App.Publish(user, password);
        await App.RefreshAsync();
        Assert.Equal(version, App.Credential.Current.VersionId);
        return version;
    }

    public Task UntilNoConnectionOfAsync(string user) => Eventually.TrueAsync(async () => (await Server.ConnectionsOfAsync(user)).Length == 0, () => $"connections of {user} are left");

    public Task UseOnceAsync() => Orders.UseAsync(static (channel, _) => channel.QueueDeclarePassiveAsync("orders", CancellationToken.None), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (Orders is not null)
        {
            await Orders.DisposeAsync();
        }

        await App.DisposeAsync();
    }
}

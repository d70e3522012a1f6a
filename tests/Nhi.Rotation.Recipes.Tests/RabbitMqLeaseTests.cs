using System.Text.Json.Nodes;
using DynamicDatabase.LocalVault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;
using RabbitMQ.Client;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>Leases of Vault whose users a real RabbitMQ has, as Vault's engine makes and deletes them, and the recipe of the page on them.</summary>
public sealed class RabbitMqLeaseTests(RabbitMqFixture rabbitMq) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    // A virtual host and users of this test alone.
    private readonly string _prefix = $"v-{Guid.NewGuid():N}"[..10];
    private readonly string _tokenFile = Path.GetTempFileName();
    private readonly ShiftedTime _time = new();
    private LeasingVault _vault = null!;
    private int _made;
    private int _sent;

    private LeaseEngine Engine => _vault.Engine;

    // The fixture's.
    private RabbitMqServer Server { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await rabbitMq.StartAsync();
        await Server.AddVirtualHostAsync(_prefix);
        _vault = await LeasingVault.StartAsync(new LeaseEngine(TimeProvider.System, MakeUserAsync, DeleteUserAsync) { Duration = TimeSpan.FromMinutes(10), IsRenewable = false });
        await File.WriteAllTextAsync(_tokenFile, LeasingVault.Token, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_tokenFile);
        await (_vault?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task Leases_follow_each_other_under_load_each_old_user_is_deleted_no_message_fails_and_none_is_left()
    {
        using var app = NewApp();
        await app.StartAsync(Ct);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-broker");
        await using var orders = await OpenAsync(provider);
        await using var load = new Load(4, () => PublishAsync(orders));
        for (var lease = 1; lease <= 3; lease++)
        {
            await load.UntilMoreAsync(20);
            var old = Engine.Leases.Single();

            // Late in its life, by the app's clock; the server's stays.
            _time.Add(TimeSpan.FromMinutes(7));
            await provider.RefreshAsync(RefreshReason.Requested, Ct);
            await load.UntilMoreAsync(20);

            await Eventually.TrueAsync(async () => await Server.CountUsersAsync(_prefix) == 1, () => $"the user of lease {lease} is still there");
            Assert.Empty(await Server.ConnectionsOfAsync(UserOf(old)));
            Assert.Single(await Server.ConnectionsOfAsync(UserOf(Engine.Leases.Single())));
        }

        await load.StopAsync();
        await app.StopAsync(Ct);

        Assert.Empty(load.Failures);
        Assert.Equal((4, 0), Engine.Counts);
        Assert.DoesNotContain(_prefix, await Server.ControlAsync("list_users"), StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage("{0} messages confirmed, none failed", load.Done);
    }

    [Fact]
    public async Task A_user_that_somebody_deleted_by_hand_under_load_is_followed_by_another_lease_at_once()
    {
        using var app = NewApp();
        await app.StartAsync(Ct);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-broker");
        await using var orders = await OpenAsync(provider);
        await using var load = new Load(4, () => PublishAsync(orders));
        await load.UntilMoreAsync(20);

        await Server.DeleteUserAsync(UserOf(Engine.Leases.Single()));
        await load.UntilMoreAsync(100);
        await load.StopAsync();

        // At most what each worker had in flight.
        Assert.InRange(load.Failures.Count, 0, 4);
        Assert.Equal(2, Engine.Counts.Made);
        await app.StopAsync(Ct);
        Assert.Equal(0, await Server.CountUsersAsync(_prefix));
    }

    private static string UserOf(LocalLease lease) => lease.Data["username"]!.GetValue<string>();

    private async Task<OrdersBroker> OpenAsync(IRotatingCredentialProvider provider)
    {
        var orders = new OrdersBroker(provider, () => new ConnectionFactory { HostName = "127.0.0.1", Port = Server.Port, VirtualHost = _prefix });
        await orders.UseAsync(static (channel, _) => channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, cancellationToken: Ct), Ct);
        return orders;
    }

    private async Task PublishAsync(OrdersBroker orders)
    {
        await orders.UseAsync(async (channel, _) => await channel.BasicPublishAsync(string.Empty, "orders", BitConverter.GetBytes(Interlocked.Increment(ref _sent)), CancellationToken.None), CancellationToken.None);
        await Task.Delay(1);
    }

    // What Vault's engine does through the management plugin.
    private async Task<JsonObject?> MakeUserAsync(string role)
    {
        if (role != "orders")
        {
            return null;
        }

        var (user, password) = ($"{_prefix}-{Interlocked.Increment(ref _made)}", ServerProcess.NewPassword());
        await Server.AddUserAsync(user, password, _prefix);
        return new JsonObject { ["username"] = user, ["password"] = password };
    }

    private async Task DeleteUserAsync(JsonObject data)
    {
        var user = data["username"]!.GetValue<string>();
        if (await Server.CountUsersAsync(user) > 0)
        {
            await Server.DeleteUserAsync(user);
        }
    }

    private IHost NewApp()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddRotatingCredentials()
            .Configure(static options => options.CollectionInterval = TimeSpan.FromSeconds(1))
            .AddCredential("orders-broker", credential => credential
                .FromVaultLease("rabbitmq/creds/orders", lease =>
                {
                    lease.Address = _vault.Address;
                    lease.TokenFile = _tokenFile;
                })
                .Configure(static options =>
                {
                    options.QuietPeriod = TimeSpan.FromSeconds(1);
                    options.RejectionRefreshInterval = TimeSpan.FromMilliseconds(50);
                }));
        return builder.Build();
    }
}

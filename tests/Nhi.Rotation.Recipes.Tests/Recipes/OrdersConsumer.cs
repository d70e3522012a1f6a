using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

/// <summary>Handles the messages of a queue one by one. Between two of them it moves to the connection of a new version.</summary>
public sealed class OrdersConsumer(OrdersBroker broker, Func<BasicDeliverEventArgs, Task> handle) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await broker.UseAsync((channel, ending) => ConsumeAsync(channel, ending, stoppingToken), stoppingToken);
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The broker is away, or went away, which shows in many ways.
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private async Task ConsumeAsync(IChannel channel, CancellationToken ending, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ending, stoppingToken);
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            await handle(message);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        };

        // Comes after the last message that was delivered.
        consumer.UnregisteredAsync += (_, _) => Task.FromResult(drained.TrySetResult());
        consumer.ShutdownAsync += (_, _) => Task.FromResult(drained.TrySetResult());
        await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 20, global: false, stoppingToken);
        var tag = await channel.BasicConsumeAsync("orders", autoAck: false, consumer, stoppingToken);

        await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (channel.IsOpen)
        {
            await channel.BasicCancelAsync(tag, cancellationToken: CancellationToken.None);
            await drained.Task;
            await channel.CloseAsync(CancellationToken.None);
        }
    }
}

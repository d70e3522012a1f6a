using RotatingApi.Features;

namespace RotatingApi;

/// <summary>Steady load: a few workers that never pause and never forgive.</summary>
internal sealed class Load(PeerClient orders, WebhookClient webhooks, Counts counts)
{
    private const int Workers = 4;

    private volatile bool _isStopped;
    private Task[] _running = [];

    public void Start() => _running = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync))];

    public Task StopAsync()
    {
        _isStopped = true;
        return Task.WhenAll(_running);
    }

    private async Task WorkAsync()
    {
        while (!_isStopped)
        {
            try
            {
                await orders.GetAsync("/orders", CancellationToken.None);
                await webhooks.TellAsync(CancellationToken.None);
            }
            catch (Exception error)
            {
                counts.CountFailure(error);
            }

            counts.CountRequest();
        }
    }
}

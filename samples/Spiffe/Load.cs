namespace SpiffeSample;

/// <summary>One service calls another, again and again, and counts.</summary>
internal sealed class Load(Service from, Service to) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;
    private int _answered;
    private int _failed;

    public int Answered => Volatile.Read(ref _answered);

    public int Failed => Volatile.Read(ref _failed);

    public string? FirstError { get; private set; }

    public Load Start()
    {
        _running = Task.Run(RunAsync);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var caller = await from.CallAsync(to, CancellationToken.None);
                if (caller != from.Id)
                {
                    throw new InvalidOperationException($"{to.Id} took {from.Id} for {caller}");
                }

                Interlocked.Increment(ref _answered);
            }
            catch (Exception error)
            {
                FirstError ??= $"{from.Id} calls {to.Id}: {error.Message} {error.InnerException?.Message}";
                Interlocked.Increment(ref _failed);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}

namespace Nhi.Rotation.Recipes.Tests.Servers;

/// <summary>One server for all tests of a run, started by the first that asks.</summary>
public abstract class ServerFixture : IAsyncLifetime
{
    private readonly Lazy<Task<IAsyncDisposable>> _server;

    private protected ServerFixture(Func<Task<IAsyncDisposable>> start) => _server = new Lazy<Task<IAsyncDisposable>>(start);

    private protected Task<IAsyncDisposable> Server => _server.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

/// <summary>One connection for each version in use, with a pool of channels. The version is held until its connection is closed.</summary>
public sealed class OrdersBroker : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Link> _links = [];
    private readonly Presenter<UsernamePassword> _presenter;
    private readonly Func<ConnectionFactory> _settings;
    private readonly IDisposable _following;
    private bool _isDisposed;

    public OrdersBroker(IRotatingCredentialProvider credential, Func<ConnectionFactory> settings)
    {
        credential = credential.ForConsumer("orders-broker");
        _presenter = new Presenter<UsernamePassword>(
            credential,
            version =>
            {
                var factory = settings();
                return UsernamePassword.Parse(version).RequireServer(factory.HostName, factory.Endpoint.Port, factory.VirtualHost);
            },
            new PresenterOptions { AskStoreFirst = true });
        _settings = settings;
        _following = credential.Follow(this, static (broker, version) => _ = broker.KeepOnlyAsync(version.VersionId));
    }

    /// <summary>
    /// Does work on a channel. Work that goes on for long, like a consumer, ends when its token is cancelled: the version was replaced, or the connection is lost.
    /// </summary>
    public async Task UseAsync(Func<IChannel, CancellationToken, Task> work, CancellationToken ct)
    {
        var (link, channel) = await RentAsync(ct);
        try
        {
            await work(channel, link.Ending);
            link.Return(channel);
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }
        finally
        {
            await link.LeaveAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _following.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
        }

        await KeepOnlyAsync(null);
    }

    private async Task<(Link Link, IChannel Channel)> RentAsync(CancellationToken ct)
    {
        var shown = await _presenter.TakeAsync(ct);
        for (var isFirst = true; ; isFirst = false)
        {
            var link = Enter(shown);
            try
            {
                var channel = await link.RentAsync(ct);
                if (link.HasLoggedIn() || !isFirst)
                {
                    _presenter.Accepted(shown);
                    _ = KeepOnlyAsync(shown.Version.VersionId);
                }

                return (link, channel);
            }
            catch (Exception error)
            {
                await link.LeaveAsync();
                if (error is not BrokerUnreachableException { InnerException: AuthenticationFailureException } || await _presenter.FindOtherAsync(shown, ct: ct) is not { } other)
                {
                    throw;
                }

                shown = other;
            }
        }
    }

    private Link Enter(Presented<UsernamePassword> shown)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var last = _links.GetValueOrDefault(shown.Version.VersionId);
            if (last is null or { Ending.IsCancellationRequested: true })
            {
                _ = last?.RetireAsync();
                _links[shown.Version.VersionId] = last = new Link(shown, _settings());
            }

            last.Enter();
            return last;
        }
    }

    private Task KeepOnlyAsync(string? versionId)
    {
        lock (_gate)
        {
            Link[] others = [.. _links.Where(one => one.Key != versionId && _links.Remove(one.Key)).Select(static one => one.Value)];
            return Task.WhenAll(others.Select(static link => link.RetireAsync()));
        }
    }

    private sealed class Link
    {
        private readonly ConcurrentBag<IChannel> _idle = [];
        private readonly CancellationTokenSource _ending = new();
        private readonly Task<IConnection> _connection;
        private IDisposable? _hold;
        private int _logins = 1;
        private int _users = 1;

        public Link(Presented<UsernamePassword> shown, ConnectionFactory factory)
        {
            factory.UserName = shown.Value.Username ?? factory.UserName;
            factory.Password = shown.Value.Password;

            // The next use connects again, with the version that is current then.
            factory.AutomaticRecoveryEnabled = false;
            _connection = Task.Run(() => ConnectAsync(factory, shown.Version));
        }

        public CancellationToken Ending => _ending.Token;

        public void Enter() => Interlocked.Increment(ref _users);

        public async Task<IChannel> RentAsync(CancellationToken ct)
        {
            var connection = await _connection.WaitAsync(ct);
            return _idle.TryTake(out var channel) && channel.IsOpen
                ? channel
                : await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        }

        public void Return(IChannel channel) => _idle.Add(channel);

        // The first one to ask is told.
        public bool HasLoggedIn() => Interlocked.Exchange(ref _logins, 0) == 1;

        public async Task LeaveAsync()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                await Task.WhenAny(_connection);
                if (_connection.IsCompletedSuccessfully)
                {
                    await _connection.Result.DisposeAsync();
                }

                _hold?.Dispose();
            }
        }

        public async Task RetireAsync()
        {
            await _ending.CancelAsync();
            await LeaveAsync();
        }

        private async Task<IConnection> ConnectAsync(ConnectionFactory factory, Credential version)
        {
            try
            {
                var connection = await factory.CreateConnectionAsync();
                _hold = version.Hold();
                connection.ConnectionShutdownAsync += (_, _) => _ending.CancelAsync();
                return connection;
            }
            catch
            {
                await _ending.CancelAsync();
                throw;
            }
        }
    }
}

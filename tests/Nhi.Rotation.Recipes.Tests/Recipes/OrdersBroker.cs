using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

/// <summary>One connection for each version, with a pool of channels. The version is held until its connection is closed.</summary>
public sealed class OrdersBroker : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IRotatingCredentialProvider _credential;
    private readonly Func<ConnectionFactory> _settings;
    private readonly IDisposable _following;
    private volatile Link? _link;

    public OrdersBroker(IRotatingCredentialProvider credential, Func<ConnectionFactory> settings)
    {
        _credential = credential.ForConsumer("orders-broker");
        _settings = settings;
        _following = _credential.Follow(this, static (broker, version) => _ = broker.ReplaceAsync(new Link(broker, version)));
    }

    /// <summary>
    /// Does work on a channel. Work that goes on for long, like a consumer, ends when its token is cancelled: the version was replaced, or the connection is lost.
    /// </summary>
    public async Task UseAsync(Func<IChannel, CancellationToken, Task> work, CancellationToken ct)
    {
        var version = _link?.Version ?? throw new ObjectDisposedException(nameof(OrdersBroker));
        if (version.Stage == CredentialStage.Revoked)
        {
            version = _credential.Current;
        }

        var (link, channel) = await RentAsync(version, ct);
        try
        {
            await work(channel, link.Ending);
        }
        finally
        {
            await link.ReturnAsync(channel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _following.Dispose();
        await ReplaceAsync(null);
    }

    private async Task<(Link Link, IChannel Channel)> RentAsync(Credential version, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var link = Enter(version);
            try
            {
                return (link, await link.RentAsync(ct));
            }
            catch (Exception error)
            {
                await link.LeaveAsync();

                // The other version may be refused too, if the password changes at this very moment.
                if (attempt == 3 || error is not BrokerUnreachableException { InnerException: AuthenticationFailureException } || await FindOtherAsync(version, ct) is not { } other)
                {
                    throw;
                }

                version = other;
            }
        }
    }

    private Link Enter(Credential version)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_link is null, this);
            if (_link.Version.VersionId != version.VersionId)
            {
                // Not the link's version: for this one use.
                return new Link(this, version);
            }

            if (_link.IsLost)
            {
                _ = ReplaceAsync(new Link(this, version));
            }

            return _link.Enter();
        }
    }

    private Task ReplaceAsync(Link? next)
    {
        lock (_gate)
        {
            var last = _link;
            _link = next;
            return last?.RetireAsync() ?? Task.CompletedTask;
        }
    }

    // The newer version if there is one, or else the one before.
    private async Task<Credential?> FindOtherAsync(Credential refused, CancellationToken ct)
    {
        _credential.Report(refused, CredentialOutcome.Rejected);
        try
        {
            await _credential.RefreshAsync(RefreshReason.Rejection, ct);
        }
        catch (BackendException)
        {
            // What is known has to do.
        }

        var known = _credential.Credentials;
        return known.Previous.Prepend(known.Current).FirstOrDefault(other => other is not null && other.VersionId != refused.VersionId);
    }

    private sealed class Link
    {
        private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

        private readonly ConcurrentBag<IChannel> _idle = [];
        private readonly CancellationTokenSource _ending = new();
        private readonly OrdersBroker _broker;
        private readonly UsernamePassword _login;
        private readonly Lazy<Task<IConnection>> _connection;
        private IDisposable? _hold;
        private int _users = 1;

        public Link(OrdersBroker broker, Credential version)
        {
            Version = version;
            _broker = broker;
            _login = UsernamePassword.Parse(version);
            _connection = new Lazy<Task<IConnection>>(ConnectAsync);
        }

        public Credential Version { get; }

        public CancellationToken Ending => _ending.Token;

        public bool IsLost => _connection is { IsValueCreated: true, Value: { IsCompleted: true } connection } && !(connection.IsCompletedSuccessfully && connection.Result.IsOpen);

        public Link Enter()
        {
            Interlocked.Increment(ref _users);
            return this;
        }

        public async Task<IChannel> RentAsync(CancellationToken ct)
        {
            var connection = await _connection.Value.WaitAsync(ct);
            while (_idle.TryTake(out var channel))
            {
                if (channel.IsOpen)
                {
                    return channel;
                }
            }

            return await connection.CreateChannelAsync(Confirmed, ct);
        }

        public async Task ReturnAsync(IChannel channel)
        {
            if (channel.IsOpen)
            {
                _idle.Add(channel);
            }
            else
            {
                await channel.DisposeAsync();
            }

            await LeaveAsync();
        }

        public async Task RetireAsync()
        {
            await _ending.CancelAsync();
            await LeaveAsync();
        }

        public async Task LeaveAsync()
        {
            if (Interlocked.Decrement(ref _users) == 0 && _connection.IsValueCreated)
            {
                try
                {
                    await (await _connection.Value).DisposeAsync();
                }
                catch (BrokerUnreachableException)
                {
                    // It never came to be.
                }

                _hold?.Dispose();
            }
        }

        private async Task<IConnection> ConnectAsync()
        {
            var factory = _broker._settings();
            factory.UserName = _login.Username ?? factory.UserName;
            factory.Password = _login.Password;

            // A lost connection is replaced by the next use, with the version that is current then.
            factory.AutomaticRecoveryEnabled = false;
            var connection = await factory.CreateConnectionAsync();
            _hold = Version.Hold();
            _broker._credential.Report(Version, CredentialOutcome.Accepted);
            connection.ConnectionShutdownAsync += (_, _) => _ending.CancelAsync();
            return connection;
        }
    }
}

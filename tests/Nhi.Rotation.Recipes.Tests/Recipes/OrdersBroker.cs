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

            if (_link.Ending.IsCancellationRequested)
            {
                _ = ReplaceAsync(new Link(this, version));
            }

            _link.Enter();
            return _link;
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
        private readonly ConcurrentBag<IChannel> _idle = [];
        private readonly CancellationTokenSource _ending = new();
        private readonly Task<IConnection> _connection;
        private IDisposable? _hold;
        private int _users = 1;

        public Link(OrdersBroker broker, Credential version)
        {
            Version = version;
            var login = UsernamePassword.Parse(version);
            var factory = broker._settings();
            factory.UserName = login.Username ?? factory.UserName;
            factory.Password = login.Password;

            // The next use connects again, with the version that is current then.
            factory.AutomaticRecoveryEnabled = false;
            _connection = Task.Run(() => ConnectAsync(factory, broker._credential));
        }

        public Credential Version { get; }

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

        private async Task<IConnection> ConnectAsync(ConnectionFactory factory, IRotatingCredentialProvider credential)
        {
            try
            {
                var connection = await factory.CreateConnectionAsync();
                _hold = Version.Hold();
                credential.Report(Version, CredentialOutcome.Accepted);

                // The client keeps a closed connection for a while, and that must not keep the version.
                var ending = _ending;
                connection.ConnectionShutdownAsync += (_, _) => ending.CancelAsync();
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

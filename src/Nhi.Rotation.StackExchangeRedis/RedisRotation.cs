using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Polly;
using Polly.Retry;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>Brings all connections of one set of options to the current version, and keeps an account of the version each one has.</summary>
internal sealed class RedisRotation : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    // The library asks its retry policy once a second.
    private static readonly TimeSpan ReconnectWindow = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<EndPoint, RedisNode> _nodes = new();
    private readonly ConcurrentDictionary<WeakReference<ConnectionMultiplexer>, bool> _multiplexers = new();
#pragma warning disable CA2213 // Only cancelled: a round may still look at it.
    private readonly CancellationTokenSource _stop = new();
#pragma warning restore CA2213
    private readonly IRotatingCredentialProvider _provider;
    private readonly IDerived<UsernamePassword> _logins;
    private readonly ConfigurationOptions _options;
    private readonly RedisAuthentication _authentication;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<bool> _untilSettled;
    private readonly IDisposable _changes;
    private readonly Lock _gate = new();
#pragma warning disable CA2213 // It ends with the last round.
    private CancellationTokenSource? _round;
#pragma warning restore CA2213
    private bool _again;
    private long _reconnectUntil = long.MinValue;

    public RedisRotation(IRotatingCredentialProvider provider, ConfigurationOptions options, TimeProvider time)
    {
        _provider = provider;
        _logins = provider.Derive(UsernamePassword.Parse);
        _options = options;
        _time = time;
        UserName = options.User;
        _authentication = new RedisAuthentication(options, UserName, time);
        _untilSettled = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<bool>
            {
                // An error ends one attempt, never the watch over the connections.
                ShouldHandle = new PredicateBuilder<bool>().HandleResult(false).Handle<Exception>(static error => error is not OperationCanceledException),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = MaxDelay,
            })
            .Build();
        _changes = ChangeToken.OnChange(provider.GetChangeToken, Wake);
    }

    /// <summary>The user that the options name, for versions that are a password alone.</summary>
    public string? UserName { get; }

    /// <summary>Whether another version was found just now, so that a connect is worth while before the library's own time for it.</summary>
    public bool IsReconnectDue => _time.GetTimestamp() < Volatile.Read(ref _reconnectUntil);

    private ILogger Logger => _options.LoggerFactory?.CreateLogger("Nhi.Rotation.StackExchangeRedis") ?? NullLogger.Instance;

    /// <summary>A socket is connected and its handshake begins.</summary>
    public void Opened(RedisLink link)
    {
        _nodes.GetOrAdd(link.EndPoint, static endPoint => new RedisNode(endPoint)).Add(link);
        Wake();
    }

    /// <summary>A multiplexer is connected for the first time.</summary>
    public void Connected(ConnectionMultiplexer multiplexer)
    {
        _multiplexers.TryAdd(new WeakReference<ConnectionMultiplexer>(multiplexer), true);
        multiplexer.ConnectionFailed += (_, _) => Wake();
        multiplexer.ConnectionRestored += (_, _) => Wake();
        Wake();
    }

    /// <summary>Chooses the version for a new connection.</summary>
    public UsernamePassword Present(RedisLink link)
    {
        var version = Choose(_nodes.GetValueOrDefault(link.EndPoint)?.RefusedVersion);
        link.Present(version, isConfirmed: false);
        return UsernamePassword.Parse(version);
    }

    /// <summary>What all servers that could not be connected to say of the version they were shown.</summary>
    /// <returns>Whether one of them refused it and another version is there to try.</returns>
    public async Task<bool> FindOtherAsync()
    {
        await PassAsync().ConfigureAwait(false);
        return _nodes.Values.Any(node => node.RefusedVersion is { } refused && Choose(refused).VersionId != refused);
    }

    public void Dispose()
    {
        _changes.Dispose();
        lock (_gate)
        {
            _stop.Cancel();
        }

        foreach (var node in _nodes.Values)
        {
            foreach (var link in node.Sweep())
            {
                link.End();
            }
        }
    }

    // The current version, or the last one whose value can be read.
    private Credential Choose(string? refused)
    {
        var current = _logins.Source;
        return current.VersionId == refused
            ? _provider.Credentials.Previous.FirstOrDefault(static version => version.Stage == CredentialStage.Previous) ?? current
            : current;
    }

    // One round at a time; what happens meanwhile ends its waiting, and another round follows.
    private void Wake()
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            _again = true;
            if (_round is not null)
            {
                _round.Cancel();
                return;
            }

            _round = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        }

        // Not with the caller's context: in it a connection is being opened.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            CancellationToken round;
            lock (_gate)
            {
                _round?.Dispose();
                _round = null;
                if (!_again || _stop.IsCancellationRequested)
                {
                    return;
                }

                _again = false;
                _round = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                round = _round.Token;
            }

            try
            {
                await _untilSettled.ExecuteAsync(async _ => await PassAsync().ConfigureAwait(false), round).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Woken, or disposed.
            }
        }
    }

    private async Task<bool> PassAsync()
    {
        Credential current;
        try
        {
            current = _logins.Source;
        }
        catch (CredentialUnavailableException)
        {
            // Nothing to present; the next change wakes.
            return true;
        }

        var settled = await Task.WhenAll(_nodes.Values.Select(node => SettleAsync(node, current))).ConfigureAwait(false);
        return settled.All(static one => one);
    }

    private async Task<bool> SettleAsync(RedisNode node, Credential current)
    {
        var links = node.Sweep();
        if (node.Suspect is { } suspect && !links.Any(static link => link.IsConfirmed))
        {
            return await AskAsync(node, suspect).ConfigureAwait(false);
        }

        node.Cleared();
        if (links.All(link => link.IsConfirmed && link.Version!.VersionId == current.VersionId))
        {
            return true;
        }

        var servers = Servers(node.EndPoint);
        var commands = links.Where(static link => !link.IsSubscription).ToArray();
        if (servers.Count == 0 || servers.Count < commands.Length)
        {
            // Not connected yet, or by a multiplexer that is not known yet: which of the connections an AUTH would reach cannot be told.
            return false;
        }

        var answer = await AuthenticateAsync(node, servers, current).ConfigureAwait(false);
        if (answer == AuthAnswer.Accepted)
        {
            Log.Authenticated(Logger, node.EndPoint, current.VersionId, _provider.Name);
            return Confirm(links, current);
        }

        // A connection whose version was never accepted has none: give it the other one.
        if (answer == AuthAnswer.Rejected && commands.Any(static link => !link.IsConfirmed)
            && Choose(current.VersionId) is var other && other.VersionId != current.VersionId
            && await AuthenticateAsync(node, servers, other).ConfigureAwait(false) == AuthAnswer.Accepted)
        {
            Confirm(links, other);
        }

        return false;
    }

    private async Task<bool> AskAsync(RedisNode node, Credential suspect)
    {
        var answer = await _authentication.ProbeAsync(node.EndPoint, suspect).ConfigureAwait(false);
        node.Cleared();
        Judge(node, suspect, answer, errorType: null);
        if (answer == AuthAnswer.Rejected && Choose(suspect.VersionId).VersionId != suspect.VersionId)
        {
            Volatile.Write(ref _reconnectUntil, _time.GetTimestamp() + (long)(ReconnectWindow.TotalSeconds * _time.TimestampFrequency));
        }

        return answer == AuthAnswer.Accepted;
    }

    private async Task<AuthAnswer> AuthenticateAsync(RedisNode node, IReadOnlyList<IServer> servers, Credential version)
    {
        var answers = await Task.WhenAll(servers.Select(server => _authentication.AuthenticateAsync(server, version))).ConfigureAwait(false);
        var (answer, errorType) = answers.MaxBy(static one => one.Answer);
        if (answer == AuthAnswer.Accepted && answers.Any(static one => one.Answer != AuthAnswer.Accepted))
        {
            (answer, errorType) = answers.First(static one => one.Answer != AuthAnswer.Accepted);
        }

        Judge(node, version, answer, errorType);
        return answer;
    }

    private void Judge(RedisNode node, Credential version, AuthAnswer answer, string? errorType)
    {
        switch (answer)
        {
            case AuthAnswer.Accepted:
                node.RefusedVersion = node.RefusedVersion == version.VersionId ? null : node.RefusedVersion;
                _provider.Report(version, CredentialOutcome.Accepted);
                break;
            case AuthAnswer.Rejected:
                if (node.RefusedVersion != version.VersionId)
                {
                    // Once, or the log would be full of it until somebody has added the password.
                    Log.Refused(Logger, node.EndPoint, version.VersionId, _provider.Name);
                }

                node.RefusedVersion = version.VersionId;
                _provider.Report(version, CredentialOutcome.Rejected);
                break;
            default:
                Log.Unanswered(Logger, node.EndPoint, version.VersionId, _provider.Name, errorType ?? "no connection");
                break;
        }
    }

    // A subscription connection takes no AUTH from us; one that has the version already is confirmed with the server's word for it.
    private bool Confirm(IReadOnlyList<RedisLink> links, Credential version)
    {
        var settled = true;
        foreach (var link in links)
        {
            if (!link.IsSubscription || link.Version!.VersionId == version.VersionId)
            {
                link.Present(version, isConfirmed: true);
            }
            else
            {
                Log.SubscriptionReopened(Logger, link.EndPoint, link.Version!.VersionId, version.VersionId, _provider.Name);
                link.Close();
                settled = false;
            }
        }

        return settled;
    }

    private List<IServer> Servers(EndPoint endPoint) =>
        [.. Multiplexers().SelectMany(static multiplexer => multiplexer.GetServers()).Where(server => server.IsConnected && server.EndPoint.Equals(endPoint))];

    private List<ConnectionMultiplexer> Multiplexers()
    {
        var alive = new List<ConnectionMultiplexer>();
        foreach (var (reference, _) in _multiplexers)
        {
            if (reference.TryGetTarget(out var multiplexer))
            {
                alive.Add(multiplexer);
            }
            else
            {
                _multiplexers.TryRemove(reference, out _);
            }
        }

        return alive;
    }
}

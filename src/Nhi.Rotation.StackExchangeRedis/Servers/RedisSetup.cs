using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.StackExchangeRedis.Connections;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>What all servers of one set of options share.</summary>
internal sealed class RedisSetup
{
    private readonly ConfigurationOptions _options;

    public RedisSetup(IRotatingCredentialProvider provider, ConfigurationOptions options, RedisTerms terms, TimeProvider time)
    {
        _options = options;
        Provider = provider;
        Time = time;
        UserName = options.User;
        Terms = terms;
        Authentication = new RedisAuthentication(UserName, Terms, time);
        Presenter = NewPresenter(provider, Terms, time);
    }

    public IRotatingCredentialProvider Provider { get; }

    public Presenter<string> Presenter { get; }

    public Multiplexers Multiplexers { get; } = new();

    /// <summary>How values are read.</summary>
    public RedisTerms Terms { get; }

    public RedisAuthentication Authentication { get; }

    public TimeProvider Time { get; }

    /// <summary>The user that the options name, for versions that are a password alone.</summary>
    public string? UserName { get; }

    /// <summary>How long a server may be silent in the handshake. The library itself would wait for it until the next keep-alive.</summary>
    public TimeSpan HandshakeTimeout => TimeSpan.FromMilliseconds(_options.ConnectTimeout);

    /// <summary>How long one connect may take before it fails.</summary>
    public TimeSpan ConnectPatience => TimeSpan.FromMilliseconds((double)_options.ConnectTimeout * Math.Max(_options.ConnectRetry, 1));

    /// <summary>Whether it is heard why connections end. It is not where the log was set after the credential: then each end in a handshake is a suspicion.</summary>
    public bool IsHeard => _options.LoggerFactory is ConnectionErrors;

    /// <summary>Builds nothing but the knowledge that the value can be read: it is read again where it is presented, so that nothing keeps it.</summary>
    public static Presenter<string> NewPresenter(IRotatingCredentialProvider provider, RedisTerms terms, TimeProvider time) => new(
        provider,
        version =>
        {
            terms.Read(version);
            return version.VersionId;
        },
        new PresenterOptions { Time = time });

    public ILogger CreateLogger() => _options.LoggerFactory?.CreateLogger("Nhi.Rotation.StackExchangeRedis") ?? NullLogger.Instance;
}

using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>What the pools of one data source have in common: how Npgsql is set up, the bounds, and whom to tell.</summary>
internal sealed class PoolSetup
{
    private readonly string _connectionString;
    private readonly Action<NpgsqlDataSourceBuilder>? _configure;
    private readonly ILoggerFactory _loggerFactory;

    /// <inheritdoc cref="Check"/>
    public PoolSetup(string connectionString, RotatingNpgsqlOptions options, string name, ILoggerFactory loggerFactory, TimeProvider time)
    {
        var settings = Check(connectionString, options, name);
        _connectionString = connectionString;
        _configure = options.Configure;
        _loggerFactory = loggerFactory;
        DrainTimeout = options.DrainTimeout;
        RevokedDrainTimeout = options.RevokedDrainTimeout;
        Time = time;
        DefaultUsername = settings.Username;
        IsPooling = settings.Pooling;
        MaxSessions = settings.Pooling ? settings.MaxPoolSize * settings.Host!.Split(',').Length : int.MaxValue;
        MaxRefreshWait = settings.Timeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(settings.Timeout);
    }

    public TimeSpan DrainTimeout { get; }

    public TimeSpan RevokedDrainTimeout { get; }

    public TimeProvider Time { get; }

    /// <summary>The connection string's user name, for credentials that are a password alone.</summary>
    public string? DefaultUsername { get; }

    public bool IsPooling { get; }

    /// <summary>The most physical connections that one pool can have.</summary>
    public int MaxSessions { get; }

    /// <summary>How long a refused open may wait for a newer version: as long as Npgsql may take to open a connection.</summary>
    public TimeSpan MaxRefreshWait { get; }

    public required Action<Login> OnAccepted { get; init; }

    public required Action OnOutdated { get; init; }

    public required Action OnUnanswered { get; init; }

    public NpgsqlDataSource Build(string username, string name, Func<string> takePassword)
    {
        var builder = new NpgsqlDataSourceBuilder(_connectionString) { Name = name };
        builder.UseLoggerFactory(_loggerFactory);
        _configure?.Invoke(builder);
        builder.ConnectionStringBuilder.Username = username;
        builder.UsePasswordProvider(_ => takePassword(), (_, _) => ValueTask.FromResult(takePassword()));
        return builder.Build();
    }

    /// <summary>Whether a data source could be made of this; opens nothing.</summary>
    /// <exception cref="ArgumentException">The connection string or an option cannot work. The message does not contain the connection string.</exception>
    public static NpgsqlConnectionStringBuilder Check(string connectionString, RotatingNpgsqlOptions options, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var settings = Parse(connectionString, name);
        Throw(settings.Password is not null || settings.Passfile is not null, name, "the connection string has a password or a passfile. Leave it out: the credential brings the password", nameof(connectionString));
        Throw(settings.Multiplexing, name, "the connection string turns multiplexing on, where a connection belongs to no user of it. Leave Multiplexing out", nameof(connectionString));
        Throw(
            options.DrainTimeout <= TimeSpan.Zero && options.DrainTimeout != Timeout.InfiniteTimeSpan,
            name, $"DrainTimeout is {options.DrainTimeout}. Set it to more than 0, or to Timeout.InfiniteTimeSpan", nameof(options));
        Throw(
            options.RevokedDrainTimeout < TimeSpan.Zero && options.RevokedDrainTimeout != Timeout.InfiniteTimeSpan,
            name, $"RevokedDrainTimeout is {options.RevokedDrainTimeout}. Set it to 0 or more, or to Timeout.InfiniteTimeSpan", nameof(options));
        return settings;
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString, string name)
    {
        NpgsqlConnectionStringBuilder? settings = null;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            // The parser's message can quote a password.
        }

        Throw(settings is null, name, "Npgsql cannot read the connection string. Check its keywords and values", nameof(connectionString));
        Throw(string.IsNullOrEmpty(settings!.Host), name, "the connection string has no Host. Add Host=...", nameof(connectionString));
        return settings;
    }

    private static void Throw(bool isWrong, string name, string cause, string parameter)
    {
        if (isWrong)
        {
            throw new ArgumentException($"Data source '{name}': {cause}.", parameter);
        }
    }
}

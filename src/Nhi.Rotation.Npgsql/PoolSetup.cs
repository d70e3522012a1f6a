using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>What the pools of one data source have in common: how Npgsql is set up, the bounds, and whom to tell.</summary>
internal sealed class PoolSetup
{
    private readonly string _connectionString;
    private readonly Action<NpgsqlDataSourceBuilder>? _configure;
    private readonly ILoggerFactory _loggerFactory;

    /// <inheritdoc cref="Check(string, RotatingNpgsqlOptions, string)"/>
    public PoolSetup(string connectionString, RotatingNpgsqlOptions options, string name, ILoggerFactory loggerFactory, TimeProvider time)
    {
        Check(connectionString, options, name);
        _connectionString = connectionString;
        _configure = options.Configure;
        _loggerFactory = loggerFactory;
        var settings = Try(name);
        DrainTimeout = options.DrainTimeout;
        RevokedDrainTimeout = options.RevokedDrainTimeout;
        Time = time;
        DefaultUsername = settings.Username;
        IsPooling = settings.Pooling;
        Enlists = settings.Enlist;
        MaxSessions = settings.Pooling ? settings.MaxPoolSize * settings.Host!.Split(',').Length : int.MaxValue;
        MaxRefreshWait = settings.Timeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(settings.Timeout);
    }

    public TimeSpan DrainTimeout { get; }

    public TimeSpan RevokedDrainTimeout { get; }

    public TimeProvider Time { get; }

    /// <summary>The connection string's user name, for credentials that are a password alone.</summary>
    public string? DefaultUsername { get; }

    public bool IsPooling { get; }

    /// <summary>Whether a connection becomes part of the ambient transaction.</summary>
    public bool Enlists { get; }

    /// <summary>The most physical connections that one pool can have.</summary>
    public int MaxSessions { get; }

    /// <summary>How long a refused open may wait for a newer version: as long as Npgsql may take to open a connection.</summary>
    public TimeSpan MaxRefreshWait { get; }

    public required Action<Login> OnAccepted { get; init; }

    public required Action OnOutdated { get; init; }

    public required Action OnUnanswered { get; init; }

    public NpgsqlDataSource Build(string username, string name, Func<string> takePassword)
    {
        var builder = Prepare(name);
        builder.ConnectionStringBuilder.Username = username;
        builder.UsePasswordProvider(_ => takePassword(), (_, _) => ValueTask.FromResult(takePassword()));
        return builder.Build();
    }

    /// <summary>Whether a data source could be made of this; opens nothing and calls nothing.</summary>
    /// <exception cref="ArgumentException">The connection string or an option cannot work. The message does not contain the connection string.</exception>
    public static void Check(string connectionString, RotatingNpgsqlOptions options, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        Check(Parse(connectionString, name), name, "the connection string", nameof(connectionString));
        Throw(
            options.DrainTimeout <= TimeSpan.Zero && options.DrainTimeout != Timeout.InfiniteTimeSpan,
            name, $"DrainTimeout is {options.DrainTimeout}. Set it to more than 0, or to Timeout.InfiniteTimeSpan", nameof(options));
        Throw(
            options.RevokedDrainTimeout < TimeSpan.Zero && options.RevokedDrainTimeout != Timeout.InfiniteTimeSpan,
            name, $"RevokedDrainTimeout is {options.RevokedDrainTimeout}. Set it to 0 or more, or to Timeout.InfiniteTimeSpan", nameof(options));
    }

    private static void Check(NpgsqlConnectionStringBuilder settings, string name, string where, string parameter)
    {
        Throw(string.IsNullOrEmpty(settings.Host), name, $"{where} has no Host. Add Host=...", parameter);
        Throw(
            settings.Password is not null || settings.Passfile is not null,
            name, $"{where} has a password or a passfile. Leave it out: the credential brings the password", parameter);
        Throw(settings.Multiplexing, name, $"{where} turns multiplexing on, where a connection belongs to no user of it. Leave Multiplexing out", parameter);
    }

    private NpgsqlDataSourceBuilder Prepare(string name)
    {
        var builder = new NpgsqlDataSourceBuilder(_connectionString) { Name = name };
        builder.UseLoggerFactory(_loggerFactory);
        _configure?.Invoke(builder);
        return builder;
    }

    // A data source for nobody, so that what Npgsql or Configure has against it is told at once and not at the first rotation.
    private NpgsqlConnectionStringBuilder Try(string name)
    {
        var builder = Prepare(name);
        var settings = builder.ConnectionStringBuilder;
        Check(settings, name, "what Configure makes of the connection string", nameof(RotatingNpgsqlOptions.Configure));
        try
        {
            builder.UsePasswordProvider(static _ => string.Empty, static (_, _) => ValueTask.FromResult(string.Empty));
            using var tried = builder.Build();
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException($"Data source '{name}': Npgsql refuses the connection string, or what Configure makes of it: {error.Message}", error);
        }

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
        return settings!;
    }

    private static void Throw(bool isWrong, string name, string cause, string parameter)
    {
        if (isWrong)
        {
            throw new ArgumentException($"Data source '{name}': {cause}.", parameter);
        }
    }
}

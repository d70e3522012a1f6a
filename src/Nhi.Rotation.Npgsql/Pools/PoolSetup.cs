using Microsoft.Extensions.Logging;
using Nhi.Rotation.Npgsql.Sessions;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>What the pools of one data source have in common: how Npgsql is set up, and the bounds.</summary>
internal sealed class PoolSetup
{
    // What Npgsql calls no limit.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

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
        Rules = new DrainRules(options.DrainTimeout, options.RevokedDrainTimeout, time);
        DefaultUsername = settings.Username;
        Limits = new BookLimits(settings.Pooling, settings.Enlist, settings.Pooling ? settings.MaxPoolSize * settings.Host!.Split(',').Length : int.MaxValue);
        Presenting = new PresenterOptions
        {
            MaxAttempts = options.MaxAttempts,
            MaxWait = settings.Timeout == 0 ? LongestWait : TimeSpan.FromSeconds(settings.Timeout),
            AskStoreFirst = true,
            Time = time,
        };
    }

    public TimeProvider Time => Rules.Time;

    public DrainRules Rules { get; }

    public BookLimits Limits { get; }

    /// <summary>A refused open may wait for a newer version as long as Npgsql may take to open a connection.</summary>
    public PresenterOptions Presenting { get; }

    /// <summary>The connection string's user name, for credentials that are a password alone.</summary>
    public string? DefaultUsername { get; }

    /// <summary>A pool of one user name.</summary>
    public NpgsqlDataSource Build(string username, string name, Func<CancellationToken, ValueTask<string>> takePassword) =>
        Build(Prepare(name), username, takePassword);

    /// <summary>The same server, but each connection is a login, and part of nobody's transaction.</summary>
    public NpgsqlDataSource BuildUnpooled(string username, string name, Func<CancellationToken, ValueTask<string>> takePassword)
    {
        var builder = Prepare(name);
        builder.ConnectionStringBuilder.Pooling = false;
        builder.ConnectionStringBuilder.Enlist = false;
        return Build(builder, username, takePassword);
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
        Throw(options.MaxAttempts is < 1 or > 16, name, $"MaxAttempts is {options.MaxAttempts}. Set it to 1 to 16", nameof(options));
    }

    private static void Check(NpgsqlConnectionStringBuilder settings, string name, string where, string parameter)
    {
        Throw(string.IsNullOrEmpty(settings.Host), name, $"{where} has no Host. Add Host=...", parameter);
        Throw(
            settings.Password is not null || settings.Passfile is not null,
            name, $"{where} has a password or a passfile. Leave it out: the credential brings the password", parameter);
        Throw(settings.Multiplexing, name, $"{where} turns multiplexing on, where a connection belongs to no user of it. Leave Multiplexing out", parameter);
    }

    private static NpgsqlDataSource Build(NpgsqlDataSourceBuilder builder, string username, Func<CancellationToken, ValueTask<string>> takePassword)
    {
        builder.ConnectionStringBuilder.Username = username;

        // A caller that opens synchronously expects to wait.
        builder.UsePasswordProvider(_ => takePassword(CancellationToken.None).AsTask().GetAwaiter().GetResult(), (_, ct) => takePassword(ct));
        return builder.Build();
    }

    private NpgsqlDataSourceBuilder Prepare(string name)
    {
        var builder = new NpgsqlDataSourceBuilder(_connectionString) { Name = name };
        if (!builder.ConnectionStringBuilder.ShouldSerialize("GSS Encryption Mode") && Environment.GetEnvironmentVariable("PGGSSENCMODE") is null)
        {
            // With Prefer, Npgsql's default, each login that fails is made twice. Kerberos is for those who have no password to rotate.
            builder.ConnectionStringBuilder.GssEncryptionMode = GssEncryptionMode.Disable;
        }

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

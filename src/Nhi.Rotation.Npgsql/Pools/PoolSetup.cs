using Microsoft.Extensions.Logging;
using Nhi.Rotation.Npgsql.Logins;
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
        var settings = Try(name, valueHasServer: options.ServerInValue == ServerInValue.Use);
        Rules = new DrainRules(options.DrainTimeout, options.RevokedDrainTimeout, time);
        Terms = new LoginTerms(options.Form, options.ServerInValue, settings);
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

    /// <summary>A refused open may wait for a newer version as long as Npgsql may take to open a connection.</summary>
    public PresenterOptions Presenting { get; }

    /// <summary>How values are read.</summary>
    public LoginTerms Terms { get; }

    /// <summary>What Npgsql's own pool for a login may hold.</summary>
    public BookLimits LimitsOf(Login login)
    {
        var settings = new NpgsqlConnectionStringBuilder(Terms.Configured.ConnectionString);
        login.ApplyTo(settings);
        return new BookLimits(settings.Pooling, settings.Enlist, settings.Pooling ? settings.MaxPoolSize * settings.Host!.Split(',').Length : int.MaxValue);
    }

    /// <summary>A pool of one login.</summary>
    public NpgsqlDataSource Build(Login login, string name, Func<CancellationToken, ValueTask<string>> takePassword)
    {
        var builder = Prepare(name);
        login.ApplyTo(builder.ConnectionStringBuilder);
        return Build(builder, takePassword);
    }

    /// <summary>The same server, but each connection is a login, and part of nobody's transaction.</summary>
    public NpgsqlDataSource BuildUnpooled(Login login, string name, Func<CancellationToken, ValueTask<string>> takePassword)
    {
        var builder = Prepare(name);
        login.ApplyTo(builder.ConnectionStringBuilder);
        builder.ConnectionStringBuilder.Pooling = false;
        builder.ConnectionStringBuilder.Enlist = false;
        return Build(builder, takePassword);
    }

    /// <summary>Whether a data source could be made of this; opens nothing and calls nothing.</summary>
    /// <exception cref="ArgumentException">The connection string or an option cannot work. The message does not contain the connection string.</exception>
    public static void Check(string connectionString, RotatingNpgsqlOptions options, string name)
    {
        var valueHasServer = options.ServerInValue == ServerInValue.Use;
        if (!valueHasServer)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        }

        Check(Parse(connectionString, name), valueHasServer, name, "the connection string", nameof(connectionString));
        Throw(!Enum.IsDefined(options.Form), name, "Form is not one of the defined values. Use a named value", nameof(options));
        Throw(!Enum.IsDefined(options.ServerInValue), name, "ServerInValue is not one of the defined values. Use a named value", nameof(options));
        Throw(
            options.DrainTimeout <= TimeSpan.Zero && options.DrainTimeout != Timeout.InfiniteTimeSpan,
            name, $"DrainTimeout is {options.DrainTimeout}. Set it to more than 0, or to Timeout.InfiniteTimeSpan", nameof(options));
        Throw(
            options.RevokedDrainTimeout < TimeSpan.Zero && options.RevokedDrainTimeout != Timeout.InfiniteTimeSpan,
            name, $"RevokedDrainTimeout is {options.RevokedDrainTimeout}. Set it to 0 or more, or to Timeout.InfiniteTimeSpan", nameof(options));
        Throw(options.MaxAttempts is < 1 or > 16, name, $"MaxAttempts is {options.MaxAttempts}. Set it to 1 to 16", nameof(options));
    }

    private static void Check(NpgsqlConnectionStringBuilder settings, bool valueHasServer, string name, string where, string parameter)
    {
        Throw(string.IsNullOrEmpty(settings.Host) && !valueHasServer, name, $"{where} has no Host. Add Host=..., or set ServerInValue to Use if the credential has it", parameter);
        Throw(
            settings.Password is not null || settings.Passfile is not null,
            name, $"{where} has a password or a passfile. Leave it out: the credential brings the password", parameter);
        Throw(settings.Multiplexing, name, $"{where} turns multiplexing on, where a connection belongs to no user of it. Leave Multiplexing out", parameter);
    }

    private static NpgsqlDataSource Build(NpgsqlDataSourceBuilder builder, Func<CancellationToken, ValueTask<string>> takePassword)
    {
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
    private NpgsqlConnectionStringBuilder Try(string name, bool valueHasServer)
    {
        var builder = Prepare(name);
        var settings = new NpgsqlConnectionStringBuilder(builder.ConnectionStringBuilder.ConnectionString);
        Check(settings, valueHasServer, name, "what Configure makes of the connection string", nameof(RotatingNpgsqlOptions.Configure));
        try
        {
            // One is to be tried, and nothing is opened.
            builder.ConnectionStringBuilder.Host ??= "localhost";
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

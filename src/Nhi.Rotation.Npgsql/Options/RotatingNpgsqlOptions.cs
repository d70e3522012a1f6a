using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>How a data source follows the rotation of its user.</summary>
public sealed class RotatingNpgsqlOptions
{
    /// <summary>The data source's name: the consumer whose uses are counted, and the name in logs and Npgsql's metrics. Default: the credential's name.</summary>
    public string? Name { get; set; }

    /// <summary>How the credential's value is written down. Default <see cref="LoginForm.Any"/>.</summary>
    public LoginForm Form { get; set; }

    /// <summary>
    /// What becomes of the server, database and settings that the value names besides the login. Default <see cref="ServerInValue.MustMatch"/>. With <see cref="ServerInValue.Use"/> the connection
    /// string needs none of what the value names, and a version that names another server takes the data source there.
    /// </summary>
    public ServerInValue ServerInValue { get; set; }

    /// <summary>
    /// How long a connection of a replaced version may stay checked out before it is closed under its user: between two commands, also within a transaction,
    /// never within a command. Idle connections are closed at once, the others when they are returned; this bound is for those that are not. More than 0. Default
    /// <see cref="Timeout.InfiniteTimeSpan"/>: never, and the verdict of the old version is "still used" until then.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>The same for a revoked version. 0 or more, or <see cref="Timeout.InfiniteTimeSpan"/> for never. Default 5 s.</summary>
    public TimeSpan RevokedDrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most versions that one open presents while the server refuses them, the first included. 1 to 16, default 4; 1 never tries another one. Where the server, or what it asks,
    /// locks a user after some failures, set it to 2; and SSL Mode to Require or Disable, as with Prefer and Allow Npgsql itself logs in a second time.
    /// </summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// Sets up Npgsql itself: type mappings, TLS, logging. Called when the data source is made, to check it, and once for each user name that comes up. It must not
    /// set a password or a password provider.
    /// </summary>
    public Action<NpgsqlDataSourceBuilder>? Configure { get; set; }
}

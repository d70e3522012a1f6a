namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>How the credential of a multiplexer is read.</summary>
public sealed class RotatingRedisOptions
{
    /// <summary>How the credential's value is written down. Default <see cref="LoginForm.Any"/>, which is here also a Redis configuration with a password in it.</summary>
    public LoginForm Form { get; set; }

    /// <summary>
    /// What becomes of the server and the database that the value names besides the login: <see cref="ServerInValue.MustMatch"/>, the default, or <see cref="ServerInValue.Ignore"/>. A
    /// multiplexer keeps its servers for life, so <see cref="ServerInValue.Use"/> is refused.
    /// </summary>
    public ServerInValue ServerInValue { get; set; }
}

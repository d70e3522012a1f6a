using System.Diagnostics;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>What one version authenticates with.</summary>
[DebuggerDisplay("***")]
internal sealed class RedisLogin(string? username, string password)
{
    /// <summary>The user, or <see langword="null"/> if the value has none.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Username { get; } = username;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Password { get; } = password;
}

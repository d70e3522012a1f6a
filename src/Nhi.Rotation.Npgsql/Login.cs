using System.Diagnostics;

namespace Nhi.Rotation.Npgsql;

/// <summary>What one version logs in with.</summary>
[DebuggerDisplay("{Credential}")]
internal sealed class Login(Credential credential, string username, string password)
{
    public Credential Credential { get; } = credential;

    public string VersionId => Credential.VersionId;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Username { get; } = username;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Password { get; } = password;
}

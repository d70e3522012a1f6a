using System.Diagnostics;
using Nhi.Rotation.Npgsql.Logins;

namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>What one open presents when the server asks for a password.</summary>
[DebuggerDisplay("{Version}")]
internal sealed class Offer
{
    private readonly Login _login;
    private volatile bool _isAsked;

    /// <summary>Offers what the presenter chose, and is told about.</summary>
    public Offer(Presented<Login> shown)
        : this(shown.Version, shown.Value) => Shown = shown;

    /// <summary>Offers a version for its target, whatever the presenter would choose.</summary>
    public Offer(Credential version, Login login)
    {
        Version = version;
        _login = login;
    }

    public Credential Version { get; }

    public string VersionId => Version.VersionId;

    /// <summary>What the presenter chose, if it did.</summary>
    public Presented<Login>? Shown { get; }

    /// <summary>Names the pool.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Target => _login.Target;

    /// <summary>Who logs in where; the password is taken only when the server asks.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Login Login => _login;

    /// <summary>Whether the server asked for the password: one that lets everybody in has not accepted it.</summary>
    public bool IsAsked => _isAsked;

    /// <summary>The same for another open, which is asked or not for itself.</summary>
    public Offer Again() => Shown is { } shown ? new Offer(shown) : new Offer(Version, _login);

    /// <summary>The password; counts one use, also of a login that is then refused.</summary>
    public string Take()
    {
        _isAsked = true;
        Version.RecordUse();
        return _login.Password;
    }
}

namespace Nhi.Rotation;

/// <summary>What becomes of the server, the database and the settings that a login's value names besides user and password.</summary>
public enum ServerInValue
{
    /// <summary>They must be the configured ones, as far as the value names them; a version that names others is refused.</summary>
    MustMatch,

    /// <summary>They are used, and win over the configured ones.</summary>
    Use,

    /// <summary>They are ignored.</summary>
    Ignore,
}

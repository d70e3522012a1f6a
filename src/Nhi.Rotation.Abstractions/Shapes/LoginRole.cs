namespace Nhi.Rotation.Shapes;

/// <summary>What a part of a connection string says.</summary>
internal enum LoginRole
{
    /// <summary>Who logs in.</summary>
    Username,

    /// <summary>With what.</summary>
    Password,

    /// <summary>Where: one server or several.</summary>
    Host,

    /// <summary>The TCP port there.</summary>
    Port,

    /// <summary>The database there.</summary>
    Database,
}

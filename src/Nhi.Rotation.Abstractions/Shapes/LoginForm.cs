namespace Nhi.Rotation;

/// <summary>How a login is written down in a value. The forms are described in <c>docs/shapes.md</c>.</summary>
public enum LoginForm
{
    /// <summary>
    /// What the value is: JSON that has <c>username</c> or <c>password</c>, a connection string, a URL with a login in it; anything else is a password alone.
    /// </summary>
    Any,

    /// <summary>A password alone, whatever it looks like.</summary>
    Password,

    /// <summary>A JSON object with <c>username</c> and <c>password</c>; anything else is an error.</summary>
    Json,

    /// <summary>An ADO.NET connection string, or a URL with a login in it (JDBC too); anything else is an error.</summary>
    ConnectionString,
}

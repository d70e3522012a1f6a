using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Nhi.Rotation.Shapes;

/// <summary>A login in an ADO.NET connection string.</summary>
internal static class LoginPairs
{
    /// <summary>Reads what has at least two of user, password and server: a password alone that looks like one pair is a password.</summary>
    /// <exception cref="CredentialFormatException">It is one, and there is no password in it, or a part twice.</exception>
    public static bool TryRead(Credential credential, string text, [NotNullWhen(true)] out LoginParts? login)
    {
        login = null;
        var fields = new DbConnectionStringBuilder();
        try
        {
            fields.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            // Its message may quote content.
            return false;
        }

        var names = fields.Keys.Cast<string>().ToList();
        if (names.Select(LoginParts.RoleOf).Where(static role => role is LoginRole.Username or LoginRole.Password or LoginRole.Host).Distinct().Count() < 2)
        {
            return false;
        }

        var parts = new LoginParts(credential);
        foreach (var name in names)
        {
            parts.Add(name, (string)fields[name]);
        }

        login = parts;
        return true;
    }
}

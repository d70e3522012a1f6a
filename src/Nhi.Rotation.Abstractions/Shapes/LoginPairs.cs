using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Nhi.Rotation.Shapes;

/// <summary>A login in pairs: a connection string of ADO.NET, or the keywords of libpq.</summary>
internal static class LoginPairs
{
    private const string Protocol = "tcp:";

    /// <summary>Reads what has at least two of user, password and server: a password alone that looks like one pair is a password.</summary>
    /// <exception cref="CredentialFormatException">It is one, and there is no password in it, or a part twice.</exception>
    public static bool TryRead(Credential credential, string text, [NotNullWhen(true)] out LoginParts? login)
    {
        login = null;
        var pairs = OfAdoNet(text);
        if (LoginKeywords.TrySplit(text, out var keywords) && Weight(keywords) > Weight(pairs))
        {
            // Each takes much of the other's for one long value, so the one that finds more in it is right.
            pairs = keywords;
        }

        if (Weight(pairs) < 2)
        {
            return false;
        }

        var parts = new LoginParts(credential);
        foreach (var (name, value) in pairs)
        {
            if (LoginParts.RoleOf(name) == LoginRole.Host)
            {
                AddHost(parts, value);
            }
            else
            {
                parts.Add(name, value);
            }
        }

        login = parts;
        return true;
    }

    private static List<(string Name, string Text)> OfAdoNet(string text)
    {
        var fields = new DbConnectionStringBuilder();
        try
        {
            fields.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            // Its message may quote content.
            return [];
        }

        return [.. fields.Keys.Cast<string>().Select(name => (name, (string)fields[name]))];
    }

    private static int Weight(List<(string Name, string Text)> pairs) => pairs
        .Select(static pair => LoginParts.RoleOf(pair.Name))
        .Where(static role => role is LoginRole.Username or LoginRole.Password or LoginRole.Host)
        .Distinct()
        .Count();

    // SQL Server's: tcp:db,1433.
    private static void AddHost(LoginParts parts, string host)
    {
        host = host.StartsWith(Protocol, StringComparison.OrdinalIgnoreCase) ? host[Protocol.Length..] : host;
        if (host.Split(',') is [var name, var port] && ShapeJson.TryReadPort(port.Trim(), out var number))
        {
            host = name.Trim();
            parts.Add(LoginRole.Port, number.ToString(CultureInfo.InvariantCulture));
        }

        parts.Add(LoginRole.Host, host);
    }
}

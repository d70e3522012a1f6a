using System.Diagnostics.CodeAnalysis;

namespace Nhi.Rotation.Shapes;

/// <summary>
/// A login in a URL of Oracle's JDBC drivers: <c>jdbc:oracle:thin:app/"p@ss"@//db:1521/orders</c>. Behind the @ are <c>//host:port/service</c>, <c>host:port:sid</c>, a name, or a whole
/// description in parentheses; the last two count as the server, as they are.
/// </summary>
internal static class LoginOracle
{
    private const string Mark = "jdbc:oracle:";
    private const string Quote = "Write a user or password with the signs / @ or \" in double quotes.";

    /// <summary>Reads what begins as one.</summary>
    /// <exception cref="CredentialFormatException">It is one that cannot be read.</exception>
    public static bool TryRead(Credential credential, string text, [NotNullWhen(true)] out LoginParts? login)
    {
        login = null;
        if (!text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        login = new LoginParts(credential);
        var driver = text.IndexOf(':', Mark.Length);
        if (driver < 0)
        {
            throw login.Wrong("has no driver where it should", "Write jdbc:oracle:thin:user/password@//host:port/service.");
        }

        var rest = TakeName(login, LoginRole.Username, text[(driver + 1)..], "/@");
        if (rest.StartsWith('/'))
        {
            rest = TakeName(login, LoginRole.Password, rest[1..], "@");
        }

        if (!rest.StartsWith('@'))
        {
            throw login.Wrong("has no @ in front of the server", "Write jdbc:oracle:thin:user/password@//host:port/service.");
        }

        ReadServer(login, rest[1..]);
        return true;
    }

    // What is in double quotes may have any sign but one.
    private static string TakeName(LoginParts login, LoginRole role, string text, string ends)
    {
        var isQuoted = text.StartsWith('"');
        var end = isQuoted ? text.IndexOf('"', 1) : text.AsSpan().IndexOfAny(ends);
        if (end < 0)
        {
            throw login.Wrong("has no end of the user or password", Quote);
        }

        login.Add(role, isQuoted ? text[1..end] : text[..end]);
        return isQuoted ? text[(end + 1)..] : text[end..];
    }

    private static void ReadServer(LoginParts login, string server)
    {
        if (server.Contains('@', StringComparison.Ordinal))
        {
            // A password with an @ that is not in quotes ends there.
            throw login.Wrong("has more than one @", Quote);
        }

        var settings = server.IndexOf('?', StringComparison.Ordinal);
        var place = settings < 0 ? server : server[..settings];
        var mark = place.IndexOf("//", StringComparison.Ordinal);
        if (server.StartsWith('(') || mark < 0)
        {
            ReadOldServer(login, server);
            return;
        }

        place = place[(mark + 2)..];
        foreach (var pair in settings < 0 ? [] : server[(settings + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            login.Add(equals < 0 ? pair : pair[..equals], equals < 0 ? string.Empty : pair[(equals + 1)..]);
        }

        var slash = place.IndexOf('/', StringComparison.Ordinal);
        login.AddHosts(slash < 0 ? place : place[..slash]);
        login.Add(LoginRole.Database, slash < 0 ? string.Empty : place[(slash + 1)..]);
    }

    private static void ReadOldServer(LoginParts login, string server)
    {
        switch (server.Split(':'))
        {
            case [var host, var port, var sid] when !server.StartsWith('('):
                login.Add(LoginRole.Host, host);
                login.Add(LoginRole.Port, port);
                login.Add(LoginRole.Database, sid);
                break;
            case [var host, var end] when end.Split('/') is [var port, var service] && !server.StartsWith('('):
                login.Add(LoginRole.Host, host);
                login.Add(LoginRole.Port, port);
                login.Add(LoginRole.Database, service);
                break;
            default:
                login.Add(LoginRole.Host, server);
                break;
        }
    }
}

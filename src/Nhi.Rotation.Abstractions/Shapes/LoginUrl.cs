using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Nhi.Rotation.Shapes;

/// <summary>
/// A login in a URL (RFC 3986): <c>postgres://user:p%40ss@host/db</c>, with several hosts too, and JDBC's, whose settings follow <c>?</c> or <c>;</c>. Read strictly: a sign
/// that has a meaning in a URL is written with a percent sign, or nobody can tell which meaning it has.
/// </summary>
internal sealed class LoginUrl
{
    private const string Jdbc = "jdbc:";
    private const string Mark = "://";
    private const string Encode = "Write the signs : / ? # [ ] @ % and + of a user or password with a percent sign: %40 for @.";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly LoginParts _parts;

    private LoginUrl(Credential credential) => _parts = new LoginParts(credential);

    /// <summary>Reads what begins as a URL and has a login in it.</summary>
    /// <exception cref="CredentialFormatException">It is one that cannot be read.</exception>
    public static bool TryRead(Credential credential, string text, [NotNullWhen(true)] out LoginParts? login)
    {
        login = null;
        var isJdbc = text.StartsWith(Jdbc, StringComparison.OrdinalIgnoreCase);
        var mark = text.IndexOf(Mark, StringComparison.Ordinal);
        if (!isJdbc && (mark <= 0 || !IsScheme(text.AsSpan(0, mark)) || !HasLogin(text, mark)))
        {
            return false;
        }

        var url = new LoginUrl(credential);
        url.Read(isJdbc && !IsScheme(text.AsSpan(0, Math.Max(mark, 0))) ? string.Empty : text[(mark + Mark.Length)..], isJdbc);
        login = url._parts;
        return true;
    }

    // JDBC has schemes within its own, parted by colons.
    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.' or ':'))
            {
                return false;
            }
        }

        return text.Length > 0 && char.IsAsciiLetter(text[0]);
    }

    private static bool HasLogin(string text, int mark) =>
        text.IndexOf('@', mark) >= 0
        || (text.IndexOf('?', mark) is var query and >= 0 && text[(query + 1)..].Split('&').Any(static pair => LoginParts.RoleOf(pair.Split('=')[0]) is LoginRole.Password));

    private void Read(string rest, bool isJdbc)
    {
        var end = rest.AsSpan().IndexOfAny(isJdbc ? "/?#;" : "/?#");
        var authority = end < 0 ? rest : rest[..end];
        if (authority.Length == 0)
        {
            throw _parts.Wrong("has no server where it should", "Write scheme://user:password@host/database, or store JSON with \"username\" and \"password\".");
        }

        rest = end < 0 ? string.Empty : rest[end..];
        var settings = rest.AsSpan().IndexOfAny(isJdbc ? "?;#" : "?#");
        var path = settings < 0 ? rest : rest[..settings];
        if (path.Contains('@', StringComparison.Ordinal))
        {
            // A password with a slash ends the place for it.
            throw _parts.Wrong("has an @ behind the place where user, password and server are", Encode);
        }

        _parts.AddHosts(ReadUser(authority), Decode);
        _parts.Add(LoginRole.Database, Decode(path.TrimStart('/')));
        if (settings < 0)
        {
            return;
        }

        switch (rest[settings])
        {
            case '?':
                ReadQuery(rest[(settings + 1)..]);
                break;
            case ';':
                ReadProperties(rest[(settings + 1)..]);
                break;
            default:
                throw _parts.Wrong("has a # in it", Encode);
        }
    }

    private string ReadUser(string authority)
    {
        var at = authority.LastIndexOf('@');
        if (at < 0)
        {
            return authority;
        }

        var user = authority[..at];
        if (user.Contains('@', StringComparison.Ordinal))
        {
            throw _parts.Wrong("has more than one @ in front of the server", Encode);
        }

        var colon = user.IndexOf(':', StringComparison.Ordinal);
        _parts.Add(LoginRole.Username, Decode(colon < 0 ? user : user[..colon]));
        _parts.Add(LoginRole.Password, colon < 0 ? string.Empty : Decode(user[(colon + 1)..]));
        return authority[(at + 1)..];
    }

    private void ReadQuery(string query)
    {
        if (query.Contains('#', StringComparison.Ordinal))
        {
            throw _parts.Wrong("has a # in it", Encode);
        }

        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var mark = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, text) = mark < 0 ? (pair, string.Empty) : (pair[..mark], pair[(mark + 1)..]);
            if (text.Contains('+', StringComparison.Ordinal) && LoginParts.RoleOf(name) is LoginRole.Username or LoginRole.Password)
            {
                // Some readers take it for a blank, some for what it is.
                throw _parts.Wrong("has a + in the user or password behind its ?", Encode);
            }

            _parts.Add(Decode(name), Decode(text));
        }
    }

    // JDBC's for SQL Server: name=value, with braces around a value that has a semicolon, and two for one within.
    private void ReadProperties(string properties)
    {
        while (properties.TrimStart(';', ' ') is { Length: > 0 } rest)
        {
            var mark = rest.IndexOf('=', StringComparison.Ordinal);
            if (mark <= 0)
            {
                throw _parts.Wrong("has a setting without a value", "Write name=value with ';' between them, and a value with ';' in braces.");
            }

            var (text, length) = ReadProperty(rest[(mark + 1)..]);
            _parts.Add(rest[..mark].Trim(), text);
            properties = rest[(mark + 1 + length)..];
        }
    }

    private (string Text, int Length) ReadProperty(string rest)
    {
        if (!rest.StartsWith('{'))
        {
            var end = rest.IndexOf(';', StringComparison.Ordinal);
            return end < 0 ? (rest, rest.Length) : (rest[..end], end);
        }

        var text = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '}' && (i + 1 == rest.Length || rest[i + 1] != '}'))
            {
                return (text.ToString(), i + 1);
            }

            i += rest[i] == '}' ? 1 : 0;
            text.Append(rest[i]);
        }

        throw _parts.Wrong("has a brace that is not closed", "Close it with }, and write } within it twice.");
    }

    private string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var code = bytes[i];
            if (code == '%')
            {
                if (i + 2 >= bytes.Length || !byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
                {
                    throw _parts.Wrong("has a % that is not followed by two hexadecimal digits", Encode);
                }

                i += 2;
            }

            bytes[length++] = code;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            // It names the bytes.
            throw _parts.Wrong("has percent signs that are no UTF-8", Encode);
        }
    }
}

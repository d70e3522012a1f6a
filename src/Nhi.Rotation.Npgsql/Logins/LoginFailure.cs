using Npgsql;

namespace Nhi.Rotation.Npgsql.Logins;

/// <summary>Reads from an error whether it was the login that failed.</summary>
internal static class LoginFailure
{
    // PgBouncer has one code, 08P01, for all that goes wrong; these are its texts for a user or a password that it does not accept. What is longer is about its own login to the server.
    private static readonly string[] ProxyRefusals = ["SASL authentication failed", "password authentication failed", "no such user"];

    // Classes and codes that are about something else: features, data, no such database, rights, resources, limits, states, an operator's intervention such as a start.
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static readonly string[] OtherReasons = ["0A", "22", "3D", "3F", "42", "53", "54", "55", "57"];

    // What Npgsql says of the connection below the login: the network and its encryption.
    private static readonly string[] BelowTheLogin = ["Failed to connect", "SSL", "GSS", "GGS"];

    /// <param name="error">Why the connection could not be opened.</param>
    /// <param name="wasAsked">Whether the server had asked for the password.</param>
    public static FailureKind Of(Exception error, bool wasAsked) => error switch
    {
        OperationCanceledException or ObjectDisposedException => FailureKind.Other,
        PostgresException refusal => Of(refusal),

        // Several hosts that failed in different ways.
        NpgsqlException { InnerException: AggregateException many } => many.InnerExceptions.Select(one => Of(one, wasAsked)).DefaultIfEmpty().Max(),
        NpgsqlException { InnerException: CredentialUnavailableException } => FailureKind.Withdrawn,
        _ when wasAsked => FailureKind.Suspected,
        _ => IsBeforeTheLogin(error) ? FailureKind.Other : FailureKind.Suspected,
    };

    /// <summary>The code, or the kind of the error: never a text, which can quote what was sent.</summary>
    public static string Describe(Exception error) => error switch
    {
        PostgresException refusal => refusal.SqlState,
        NpgsqlException { InnerException: AggregateException many } => string.Join(", ", many.InnerExceptions.Select(Describe).Distinct()),
        { InnerException: { } inner } => inner.GetType().Name,
        _ => error.GetType().Name,
    };

    // What the server answers to the user name is part of the login: that it goes away, or says what nobody understands.
    private static bool IsBeforeTheLogin(Exception error) => error switch
    {
        NpgsqlException { InnerException: TimeoutException or CredentialException } => true,
        NpgsqlException => BelowTheLogin.Any(text => error.Message.Contains(text, StringComparison.Ordinal)),
        ArgumentException or InvalidOperationException or CredentialException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    private static FailureKind Of(PostgresException refusal)
    {
        var code = refusal.SqlState;
        if (code.StartsWith("28", StringComparison.Ordinal) || (code == "08P01" && ProxyRefusals.Contains(refusal.MessageText)))
        {
            return FailureKind.Refused;
        }

        return OtherReasons.Any(start => code.StartsWith(start, StringComparison.Ordinal)) ? FailureKind.Other : FailureKind.Suspected;
    }
}

using System.Security.Authentication;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>What an error says of the version that was presented. What is not known to be about something else is suspected.</summary>
internal static class AuthErrors
{
    // NOAUTH is what a connection gets whose AUTH was refused; the other texts are those of servers before Redis 6, and of proxies.
    private static readonly string[] Refusals = ["WRONGPASS", "NOAUTH", "ERR invalid password", "ERR invalid username-password pair", "ERR operation not permitted"];

    private static readonly string[] OtherReasons =
        ["LOADING", "MASTERDOWN", "CLUSTERDOWN", "BUSY", "MISCONF", "OOM", "TRYAGAIN", "MAXCLIENTS", "ERR max number of clients", "ERR AUTH ", "ERR Client sent AUTH", "ERR unknown command"];

    /// <summary>Of an answer to AUTH.</summary>
    public static AuthAnswer Judge(RedisServerException error) => Judge(error.Message);

    /// <summary>Of the end of a connection whose handshake had begun.</summary>
    public static AuthAnswer Judge(RedisConnectionException error) => error.FailureType switch
    {
        ConnectionFailureType.AuthenticationFailure => error.InnerException is AuthenticationException ? AuthAnswer.Unknown : AuthAnswer.Rejected,
        ConnectionFailureType.SocketClosed or ConnectionFailureType.SocketFailure => AuthAnswer.Suspected,
        ConnectionFailureType.ProtocolFailure or ConnectionFailureType.InternalFailure => Judge(error.InnerException?.Message ?? string.Empty),
        _ => AuthAnswer.Unknown,
    };

    private static AuthAnswer Judge(string text)
    {
        // Some of the library's errors say first which kind of answer it was.
        const string Prefix = "SimpleError: ";
        var answer = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        return Refusals.Any(Begins) ? AuthAnswer.Rejected
            : OtherReasons.Any(Begins) ? AuthAnswer.Unknown
            : AuthAnswer.Suspected;

        bool Begins(string known) => answer.StartsWith(known, StringComparison.OrdinalIgnoreCase);
    }
}

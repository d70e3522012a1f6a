using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>Authenticates open connections.</summary>
/// <param name="userName">The user for versions that are a password alone.</param>
/// <param name="terms">How versions are read.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisAuthentication(string? userName, RedisTerms terms, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Authenticates the open connections to one server. One that is authenticated already stays so if the server refuses.</summary>
    /// <returns>The worst of the answers.</returns>
    public async Task<AuthReply> AuthenticateAsync(IReadOnlyList<IServer> servers, Credential version)
    {
        var answers = await Task.WhenAll(servers.Select(server => AuthenticateAsync(server, version))).ConfigureAwait(false);
        return answers.MaxBy(static one => one.Answer);
    }

    private async Task<AuthReply> AuthenticateAsync(IServer server, Credential version)
    {
        try
        {
            var login = terms.Read(version);
            await SendAsync(server, login.Username ?? userName, login.Password).WaitAsync(Timeout, time).ConfigureAwait(false);
            return new AuthReply(AuthAnswer.Accepted);
        }
        catch (RedisServerException error)
        {
            return new AuthReply(AuthErrors.Judge(error), nameof(RedisServerException));
        }
#pragma warning disable CA1031 // Of an error here nothing but the type may be told, and the attempt is repeated.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new AuthReply(AuthAnswer.Unknown, error.GetType().Name);
        }
    }
    // The multiplexer may keep the message in its queue long after the answer: so the password is in bytes that are ours to clear. Not before the answer, or a message that still waits would be sent without it.
    private static async Task SendAsync(IServer server, string? user, string password)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        try
        {
            await server.ExecuteAsync("AUTH", user is null ? [secret] : [user, secret], CommandFlags.NoRedirect).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

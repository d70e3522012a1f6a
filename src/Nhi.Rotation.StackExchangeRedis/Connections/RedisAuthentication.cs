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
            object[] arguments = (login.Username ?? userName) is { } user ? [user, login.Password] : [login.Password];
            await server.ExecuteAsync("AUTH", arguments, CommandFlags.NoRedirect).WaitAsync(Timeout, time).ConfigureAwait(false);
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
}

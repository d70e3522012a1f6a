using System.Net;
using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Http;

/// <summary>
/// Turns redirects off in a primary handler, which would resend custom headers to any host, so that a <see cref="RedirectHandler"/> can follow
/// them above the stamping.
/// </summary>
internal sealed class RedirectTakeover
{
    // A primary handler that is shared, or returned again for the next handler chain, no longer says what it was set to.
    private readonly ConditionalWeakTable<HttpMessageHandler, Setting> _taken = [];

    /// <returns>The handler to put above the stamping, or <see langword="null"/> if this client does not follow redirects.</returns>
    /// <exception cref="InvalidOperationException">The primary handler cannot be changed, or would send credentials of its own elsewhere.</exception>
    public RedirectHandler? TryTakeOver(HttpMessageHandler primary, string client) =>
        FindSetting(primary, client) is { } setting ? new RedirectHandler(setting.MaxRedirects) : null;

    private Setting? FindSetting(HttpMessageHandler primary, string client)
    {
        while (primary is DelegatingHandler { InnerHandler: { } inner })
        {
            primary = inner;
        }

        lock (_taken)
        {
            if (_taken.TryGetValue(primary, out var taken))
            {
                return taken;
            }

            var (follows, max, credentials) = primary switch
            {
                SocketsHttpHandler sockets => (sockets.AllowAutoRedirect, sockets.MaxAutomaticRedirections, sockets.Credentials),
                HttpClientHandler handler => (handler.AllowAutoRedirect, handler.MaxAutomaticRedirections, handler.Credentials),
                _ => (false, 0, null),
            };
            if (!follows)
            {
                return null;
            }

            // SocketsHttpHandler uses such credentials for the first address only, which it cannot know when it does not follow redirects itself.
            if (credentials is not (null or CredentialCache))
            {
                throw new InvalidOperationException(
                    $"HttpClient '{client}': its primary handler has Credentials that redirects would carry to other hosts. "
                    + "Put them into a CredentialCache, which ties them to an address, or set AllowAutoRedirect = false on the handler.");
            }

            TurnOff(primary, client);
            var setting = new Setting(max);
            _taken.Add(primary, setting);
            return setting;
        }
    }

    private static void TurnOff(HttpMessageHandler primary, string client)
    {
        try
        {
            switch (primary)
            {
                case SocketsHttpHandler sockets:
                    sockets.AllowAutoRedirect = false;
                    break;
                case HttpClientHandler handler:
                    handler.AllowAutoRedirect = false;
                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"HttpClient '{client}': its primary handler was used before, follows redirects and would send the credential along. "
                + "Set AllowAutoRedirect = false on it, or give the client a primary handler of its own.");
        }
    }

    private sealed record Setting(int MaxRedirects);
}

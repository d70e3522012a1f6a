using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Http;

namespace Nhi.Rotation.Http;

/// <summary>
/// Where a client has a credential, turns redirects off in its primary handler, which would resend custom headers to any host, and puts a
/// <see cref="RedirectHandler"/> above the stamping instead. A primary handler that does not follow redirects stays as it is.
/// </summary>
internal sealed class RedirectTakeover : IHttpMessageHandlerBuilderFilter
{
    // A primary handler that is shared, or returned again for the next handler chain, no longer says what it was set to.
    private readonly ConditionalWeakTable<HttpMessageHandler, Setting> _taken = [];

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        var handlers = builder.AdditionalHandlers;
        var first = handlers.TakeWhile(static handler => handler is not RotatingCredentialHandler).Count();
        if (first < handlers.Count && TakeOver(builder) is { } setting)
        {
            handlers.Insert(first, new RedirectHandler(setting.MaxRedirects));
        }
    };

    private Setting? TakeOver(HttpMessageHandlerBuilder builder)
    {
        var primary = builder.PrimaryHandler;
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
                    $"HttpClient '{builder.Name}': its primary handler has Credentials that redirects would carry to other hosts. "
                    + "Put them into a CredentialCache, which ties them to an address, or set AllowAutoRedirect = false on the handler.");
            }

            TurnOff(primary, builder.Name);
            var setting = new Setting(max);
            _taken.Add(primary, setting);
            return setting;
        }
    }

    private static void TurnOff(HttpMessageHandler primary, string? client)
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

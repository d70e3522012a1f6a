using Microsoft.Extensions.Http;

namespace Nhi.Rotation.Http;

/// <summary>
/// Puts the credentials of a client at the inner end of its handlers. Below the logger, whose structured state carries header values even where
/// its text redacts them; and below resilience handlers, whatever the order of registration, so that each of their attempts is stamped anew.
/// </summary>
internal sealed class HttpCredentialFilter(ClientHandlers handlers) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.Name is { } client)
        {
            foreach (var handler in handlers.Create(client, builder.PrimaryHandler))
            {
                builder.AdditionalHandlers.Add(handler);
            }
        }
    };
}

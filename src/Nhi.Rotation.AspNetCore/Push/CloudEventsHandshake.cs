using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>
/// Consents to deliveries, as "HTTP 1.1 Web Hooks for Event Delivery" 1.0, section 4, lays down: only to Event Grid, and only if the key that the deliveries
/// would carry is right, so that a wrong one shows when the subscription is made and not when the first event is lost.
/// </summary>
internal sealed class CloudEventsHandshake(DeliveryKey key)
{
    // Event Grid's name in the public cloud; other clouds end differently.
    private const string Origin = "eventgrid.azure.";

    // A minute; more than a vault has events, less than what is felt.
    private const string Rate = "600";

    public Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (key.Refuse(request) is { } status)
        {
            response.StatusCode = status;
            return Task.CompletedTask;
        }

        response.Headers.Allow = "POST, OPTIONS";
        if (request.Headers["WebHook-Request-Origin"] is [{ } origin] && origin.StartsWith(Origin, StringComparison.OrdinalIgnoreCase) && IsName(origin))
        {
            response.Headers["WebHook-Allowed-Origin"] = origin;
            response.Headers["WebHook-Allowed-Rate"] = Rate;
        }

        return Task.CompletedTask;
    }

    private static bool IsName(string origin) => origin.Length < 64 && origin.All(c => char.IsAsciiLetter(c) || c == '.');
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>
/// One delivery: key first, then size, form and content. The answer tells Event Grid what to do: 202 is done, 400 and 401 and 413 are not tried again but
/// dead-lettered ("Event Grid message delivery and retry", Microsoft Learn), since trying again would not mend them; 503 is tried again.
/// </summary>
internal sealed class KeyVaultEventReceiver(DeliveryKey key, KeyVaultEventHandler handler, PushLog log, string path)
{
    // Event Grid delivers at most 1 MB at once, batches included.
    private const int MaxBytes = 1024 * 1024;

    public async Task ReceiveAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (key.Refuse(request) is { } status)
        {
            response.StatusCode = status;
            return;
        }

        if (await RequestBody.ReadAsync(request, MaxBytes, context.RequestAborted).ConfigureAwait(false) is not { } body)
        {
            Refuse(context, StatusCodes.Status413PayloadTooLarge, "is larger than 1 MiB");
            return;
        }

        if (Deliveries.Read(body.Span) is not { } events)
        {
            Refuse(context, StatusCodes.Status400BadRequest, "is neither an event nor an array of events with id and type");
            return;
        }

        if (events is [{ Kind: EventKinds.Validation } handshake])
        {
            await ShakeHandsAsync(context, handshake.Data).ConfigureAwait(false);
            return;
        }

        if (!handler.TryHandle(events))
        {
            Refuse(context, StatusCodes.Status400BadRequest, "has a Key Vault event whose data.Id is no address of a secret or certificate");
            return;
        }

        response.StatusCode = StatusCodes.Status202Accepted;
    }

    private Task ShakeHandsAsync(HttpContext context, JsonElement? data)
    {
        if (EventData.Text(data, "validationCode") is not { Length: > 0 and <= 256 } code)
        {
            Refuse(context, StatusCodes.Status400BadRequest, "is a handshake without a code");
            return Task.CompletedTask;
        }

        log.Validated(path);
        context.Response.ContentType = "application/json";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return JsonSerializer.SerializeAsync(context.Response.Body, new ValidationAnswer(code), PushJson.Default.ValidationAnswer, context.RequestAborted);
    }

    private void Refuse(HttpContext context, int status, string why)
    {
        log.Malformed(ClientAddress.Of(context.Request), path, why);
        context.Response.StatusCode = status;
    }
}

using System.Text.Json;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>Reads a delivery: an array in Event Grid's schema, or CloudEvents 1.0, one or a batch.</summary>
internal static class Deliveries
{
    /// <returns>The events, or <see langword="null"/> if it is something else. All or nothing: a batch with one bad event is refused as a whole.</returns>
    public static IReadOnlyList<DeliveredEvent>? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var start = body.TrimStart(" \t\r\n"u8);
            IReadOnlyList<DeliveredEvent?>? events = start is [(byte)'{', ..]
                ? [JsonSerializer.Deserialize(start, PushJson.Default.DeliveredEvent)]
                : JsonSerializer.Deserialize(start, PushJson.Default.DeliveredEventArray);
            return events is { Count: > 0 } && events.All(found => found is { Id.Length: > 0, Kind.Length: > 0 }) ? [.. events.OfType<DeliveredEvent>()] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

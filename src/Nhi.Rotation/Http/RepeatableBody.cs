using System.Net.Http.Json;

namespace Nhi.Rotation.Http;

/// <summary>Which bodies can be sent twice with the same bytes, and how one is made so.</summary>
internal static class RepeatableBody
{
    public const int DefaultMaxLength = 64 * 1024;

    private static readonly HttpRequestOptionsKey<HttpContent> Kept = new("Nhi.Rotation.KeptBody");

    public static bool IsOf(HttpRequestMessage request) =>
        IsInMemory(request.Content) || (request.Options.TryGetValue(Kept, out var kept) && ReferenceEquals(kept, request.Content));

    /// <summary>Whether nothing is known of a body but that it is short.</summary>
    public static bool IsUnknown(HttpContent? body, int maxLength) =>
        body is not null && maxLength > 0 && !IsInMemory(body) && body is not (StreamContent or MultipartContent) && body.Headers.ContentLength <= maxLength;

    /// <summary>Keeps a short body in memory. Its content is then sent from there, each time.</summary>
    public static async Task KeepAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await request.Content!.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        request.Options.Set(Kept, request.Content);
    }

    // Streams cannot, even seekable ones: the first send may still be reading.
    private static bool IsInMemory(HttpContent? body) => body switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => true,
        MultipartContent parts => parts.All(IsInMemory),
        _ => false,
    };
}

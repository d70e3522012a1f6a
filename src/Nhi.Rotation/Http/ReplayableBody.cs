using System.Net.Http.Json;

namespace Nhi.Rotation.Http;

internal static class ReplayableBody
{
    /// <summary>Whether a body can be sent twice with the same bytes. Streams cannot, even seekable ones: the first send may still be reading.</summary>
    public static bool Is(HttpContent? body) => body switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => true,
        MultipartContent parts => parts.All(Is),
        _ => false,
    };
}

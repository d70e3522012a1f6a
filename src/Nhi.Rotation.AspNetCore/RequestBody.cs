using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Reads a body up to a limit.</summary>
internal static class RequestBody
{
    private const int ChunkBytes = 16 * 1024;

    /// <returns>The body, or <see langword="null"/> if it is larger than the limit; no more than that is read then.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken ct)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        try
        {
            return await CopyAsync(request, maxBytes, ct).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server's own limit is the lower one.
            return null;
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> CopyAsync(HttpRequest request, int maxBytes, CancellationToken ct)
    {
        using var body = new MemoryStream((int)(request.ContentLength ?? ChunkBytes));
        var chunk = new byte[ChunkBytes];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > maxBytes)
            {
                return null;
            }

            await body.WriteAsync(chunk.AsMemory(0, read), ct).ConfigureAwait(false);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}

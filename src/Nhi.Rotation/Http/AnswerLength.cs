using System.Globalization;
using System.Net;

namespace Nhi.Rotation.Http;

/// <summary>Whether an answer may go on for long. Costs nothing to find out.</summary>
internal static class AnswerLength
{
    // As much as fits into the buffers on the way: it is there with the headers, or a moment later.
    private const long Short = 64 * 1024;

    private static readonly Type Nothing = NoContent();

    public static bool IsLong(HttpResponseMessage answer)
    {
        var content = answer.Content;
        if (content is ByteArrayContent or ReadOnlyMemoryContent || content.GetType() == Nothing
            || answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified || answer.RequestMessage?.Method == HttpMethod.Head)
        {
            return false;
        }

        // Asking for the length itself would parse it and keep the result.
        return !content.Headers.NonValidated.TryGetValues("Content-Length", out var values)
            || !long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > Short;
    }

    private static Type NoContent()
    {
        using var nothing = new HttpResponseMessage();
        return nothing.Content.GetType();
    }
}

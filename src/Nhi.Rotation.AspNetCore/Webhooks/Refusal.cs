using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Why a message is refused. The cause is ours alone: nothing of the message is in it.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Cause">The cause, as a sentence.</param>
internal sealed record Refusal(int Status, string Cause)
{
    public static Refusal BadRequest(string cause) => new(StatusCodes.Status400BadRequest, cause);

    public static Refusal Unauthorized(string cause) => new(StatusCodes.Status401Unauthorized, cause);

    /// <summary>The one to tell where a message could have come from several sources: that we cannot judge it, or else what was found of one whose headers fit.</summary>
    public static Refusal Graver(Refusal? before, Refusal now, bool isReadable) =>
        before is null || now.Status == StatusCodes.Status503ServiceUnavailable || (isReadable && before.Status != StatusCodes.Status503ServiceUnavailable) ? now : before;

    public async Task WriteAsync(HttpContext context, string challenge)
    {
        if (Status == StatusCodes.Status401Unauthorized)
        {
            // RFC 9110, section 11.6.1: a 401 says how to authenticate.
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        await TypedResults.Problem(Cause, statusCode: Status, title: "The webhook was refused.").ExecuteAsync(context).ConfigureAwait(false);
    }
}

using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Why a message is refused. The cause is ours alone: nothing of the message is in it.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Cause">The cause, as a sentence.</param>
internal sealed record Refusal(int Status, string Cause)
{
    public static Refusal BadRequest(string cause) => new(StatusCodes.Status400BadRequest, cause);

    public static Refusal Unauthorized(string cause) => new(StatusCodes.Status401Unauthorized, cause);

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

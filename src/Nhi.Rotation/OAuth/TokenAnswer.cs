using System.Net;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>What an answer of the token endpoint means.</summary>
/// <param name="Token">The token, if there is one.</param>
/// <param name="Lifetime">How long it is valid.</param>
/// <param name="Refusal">How sure it is that the secret was refused; <see langword="null"/> if something else went wrong.</param>
/// <param name="Failure">What to throw where there is no token and the secret is not known to be refused.</param>
internal readonly record struct TokenAnswer(string? Token, TimeSpan Lifetime, RefusalKind? Refusal, TokenEndpointException? Failure)
{
    public static TokenAnswer Of(
        HttpResponseMessage response, TokenReply reply, Func<HttpResponseMessage, bool>? isRejection, Func<HttpResponseMessage, TokenReply, TokenEndpointException> fail)
    {
        var isRejected = isRejection?.Invoke(response) is true;
        var isOk = response.StatusCode == HttpStatusCode.OK;
        if (!isRejected && isOk && reply.AccessToken is { } token && HeaderText.FindFault(token) is null)
        {
            return new TokenAnswer(token, reply.Lifetime, Refusal: null, Failure: null);
        }

        RefusalKind? refusal = isRejected || response.StatusCode == HttpStatusCode.Unauthorized || reply.BlamesClient
            ? RefusalKind.Certain
            : IsSuspect(response.StatusCode, reply) ? RefusalKind.Suspected : null;
        return new TokenAnswer(Token: null, default, refusal, fail(response, reply));
    }

    public override string ToString() => $"{(Token is null ? "no token" : "a token")}, {Refusal?.ToString() ?? "no refusal"}";

    // Servers word it differently. What is known to be about the request, not about who makes it, is left out.
    private static bool IsSuspect(HttpStatusCode status, TokenReply reply) =>
        status is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden && !reply.BlamesRequest && !(status == HttpStatusCode.OK && !reply.HasError);
}

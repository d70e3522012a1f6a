using System.Globalization;

namespace Nhi.Rotation.Http;

/// <summary>An answer in a few words, for evidence: <c>200 from GET /open</c>. No query, which may hold anything.</summary>
internal static class AnswerText
{
    private const int MaxPath = 100;

    /// <param name="response">The answer.</param>
    /// <param name="isAddressKnown">Whether nothing of the credential is in the path.</param>
    public static string Of(HttpResponseMessage response, bool isAddressKnown)
    {
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (response.RequestMessage is not { RequestUri: { IsAbsoluteUri: true } address } request)
        {
            return $"{status} from somewhere";
        }

        var path = address.AbsolutePath;
        return isAddressKnown ? $"{status} from {request.Method} {(path.Length > MaxPath ? string.Concat(path.AsSpan(0, MaxPath), "..") : path)}" : $"{status} from {request.Method} {address.Host}";
    }
}

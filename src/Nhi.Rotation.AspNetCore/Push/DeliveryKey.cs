using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>Compares the key that a delivery presents, in constant time and over all accepted versions.</summary>
internal sealed class DeliveryKey(IRotatingCredentialProvider? key, PushLog log, string path)
{
    public const string Header = "X-Event-Key";
    public const string QueryParameter = "key";

    private const string Caller = "event-grid";

    // Longer than any key, shorter than what costs.
    private const int MaxLength = 1024;

    /// <summary>The status to refuse the request with, or <see langword="null"/> if it may go on; as it may always, if no key is asked for.</summary>
    public int? Refuse(HttpRequest request)
    {
        if (key is null)
        {
            return null;
        }

        var presented = Presented(request);
        var isKey = presented.Length is > 0 and <= MaxLength;
        var match = isKey ? key.Match(Encoding.UTF8.GetBytes(presented), Caller) : default;
        if (match.IsAccepted)
        {
            return null;
        }

        if (isKey && !match.IsRecognized && key.Credentials.Current is null)
        {
            // After 401 Event Grid would not try again, and it is us who have nothing to compare with.
            log.NoKey(path, key.Name);
            return StatusCodes.Status503ServiceUnavailable;
        }

        if (match.VersionId is { } old)
        {
            log.RefusedOld(ClientAddress.Of(request), path, key.Name, old);
        }
        else
        {
            log.Refused(ClientAddress.Of(request), path, key.Name);
        }

        return StatusCodes.Status401Unauthorized;
    }

    // Two keys are one too many: it would be open which of them a proxy in between had looked at.
    private static string Presented(HttpRequest request)
    {
        var header = request.Headers[Header];
        var query = request.Query[QueryParameter];
        return (header.Count, query.Count) switch
        {
            (1, 0) => header[0] ?? string.Empty,
            (0, 1) => query[0] ?? string.Empty,
            _ => string.Empty,
        };
    }
}

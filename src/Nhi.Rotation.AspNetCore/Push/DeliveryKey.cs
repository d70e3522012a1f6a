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

    /// <summary>Whether the request may go on; always, if no key is asked for.</summary>
    public bool Accepts(HttpRequest request)
    {
        if (key is null)
        {
            return true;
        }

        var presented = Presented(request);
        var match = presented.Length is > 0 and <= MaxLength ? key.Match(Encoding.UTF8.GetBytes(presented), Caller) : default;
        if (match.IsAccepted)
        {
            return true;
        }

        if (match.VersionId is { } old)
        {
            log.RefusedOld(path, key.Name, old);
        }
        else
        {
            log.Refused(path, key.Name);
        }

        return false;
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

using System.Text;
using Nhi.Rotation;

namespace CustomBackend;

/// <summary>Evidence to whatever takes JSON Lines by HTTP, as log stores and their agents do.</summary>
public sealed class HttpEvidenceSink(HttpClient http, Uri address) : IEvidenceSink
{
    public string Name => $"log store {address.Host}";

    public async ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct)
    {
        using var body = new StringContent(string.Join('\n', lines.Select(static line => line.Text)) + "\n", Encoding.UTF8);
        body.Headers.ContentType = new("application/x-ndjson");
        using var response = await http.PostAsync(address, body, ct);
        if (!response.IsSuccessStatusCode)
        {
            // The body is not told: it may repeat what was sent.
            throw new EvidenceSinkException($"the {Name} answers with {(int)response.StatusCode}", "Look at its own log.");
        }
    }
}

using System.Net.Mime;
using System.Text;

namespace RotatingApi.Features;

/// <summary>Tells the other service that something happened.</summary>
internal sealed class WebhookClient(HttpClient http)
{
    public async Task TellAsync(CancellationToken ct)
    {
        using var body = new StringContent("""{"type":"order.placed"}""", Encoding.UTF8, MediaTypeNames.Application.Json);
        using var response = await http.PostAsync(new Uri("/hooks", UriKind.Relative), body, ct);
        response.EnsureSuccessStatusCode();
    }
}

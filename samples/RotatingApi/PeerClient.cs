namespace RotatingApi;

/// <summary>A typed client as any app has it: it knows nothing of keys. It reads what the other side says of its key.</summary>
internal sealed class PeerClient(HttpClient http, Counts counts)
{
    public async Task<string> GetAsync(string path, CancellationToken ct)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        if (response.Headers.Contains("Deprecation"))
        {
            counts.CountWarning();
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(ct);
    }
}

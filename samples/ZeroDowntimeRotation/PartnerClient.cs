namespace ZeroDowntimeRotation;

/// <summary>A typed client as any app has it: it knows nothing of keys.</summary>
internal sealed class PartnerClient(HttpClient http)
{
    public async Task ChargeAsync(CancellationToken ct)
    {
        using var response = await http.GetAsync(new Uri("/charges", UriKind.Relative), ct);
        response.EnsureSuccessStatusCode();
    }
}

using System.Net;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>Answers in the place of Vault, by the path and query that are asked for; 404 for what it has no answer to.</summary>
internal sealed class ScriptedVault : HttpMessageHandler
{
    public Dictionary<string, Func<HttpResponseMessage>> Answers { get; } = new(StringComparer.Ordinal);

    public List<string> Asked { get; } = [];

    public static HttpResponseMessage Json(string body) => new(HttpStatusCode.OK) { Content = new StringContent(body) };

    public static HttpResponseMessage Status(int status) => new((HttpStatusCode)status) { Content = new StringContent("""{"errors":["the-body"]}""") };

    /// <summary>The method and the body of the last call that had one.</summary>
    public string? LastBody { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!.PathAndQuery;
        Asked.Add(asked);
        LastBody = request.Content is null ? LastBody : $"{request.Method} {await request.Content.ReadAsStringAsync(cancellationToken)}";
        return Answers.TryGetValue(asked, out var answer) ? answer() : Status(404);
    }
}

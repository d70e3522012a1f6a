namespace Nhi.Rotation.Tests.Http;

/// <summary>What a server saw of one request.</summary>
internal sealed record ReceivedRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body, string Protocol)
{
    public string? Authorization => Header("Authorization");

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

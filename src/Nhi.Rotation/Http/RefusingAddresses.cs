using System.Collections.Concurrent;

namespace Nhi.Rotation.Http;

/// <summary>Addresses of one origin at which a version was refused: a server that refuses one there looks at it. Safe for concurrent use.</summary>
internal sealed class RefusingAddresses
{
    // More addresses prove nothing more; those that come later are as good as the ones before.
    private const int Max = 64;

    private readonly ConcurrentDictionary<(HttpMethod Method, string Path), string> _refused = new();

    public void Note(HttpRequestMessage? request, string versionId)
    {
        if (KeyOf(request) is { } key && (_refused.Count < Max || _refused.ContainsKey(key)))
        {
            _refused[key] = versionId;
        }
    }

    /// <summary>Whether another version was refused at the same address.</summary>
    public bool HasRefusedOther(HttpRequestMessage? request, string versionId) =>
        !_refused.IsEmpty && KeyOf(request) is { } key && _refused.TryGetValue(key, out var refused) && refused != versionId;

    private static (HttpMethod Method, string Path)? KeyOf(HttpRequestMessage? request) => request?.RequestUri is { IsAbsoluteUri: true } address ? (request.Method, address.AbsolutePath) : null;
}

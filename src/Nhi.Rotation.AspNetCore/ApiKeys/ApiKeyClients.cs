using System.Collections.Frozen;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>All clients of a scheme. Finding one is one hash lookup, however many there are.</summary>
internal sealed class ApiKeyClients
{
    private readonly FrozenDictionary<string, ApiKeyClient> _byId;
    private readonly FrozenDictionary<string, ApiKeyClient>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;
    private readonly ApiKeyClient? _only;
    private readonly char _separator;

    public ApiKeyClients(IReadOnlyList<ApiKeyClient> clients, char separator)
    {
        _byId = clients.ToFrozenDictionary(client => client.Id, StringComparer.Ordinal);
        _byPrefix = _byId.GetAlternateLookup<ReadOnlySpan<char>>();
        _only = clients is [var only] ? only : null;
        _separator = separator;
        Any = clients is [var first, ..] ? first : null;
    }

    /// <summary>Some client, to compare with when none was found: unknown clients must not be told by how fast they are refused.</summary>
    public ApiKeyClient? Any { get; }

    public ApiKeyClient? FindById(string id) => _byId.GetValueOrDefault(id);

    public ApiKeyClient? FindByKey(ReadOnlySpan<char> key)
    {
        if (_only is not null)
        {
            return _only;
        }

        var end = key.IndexOf(_separator);
        return end > 0 && _byPrefix.TryGetValue(key[..end], out var client) ? client : null;
    }
}

using System.Collections.Frozen;
using System.Text;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>All clients of a scheme. Finding one is one hash lookup, however many there are.</summary>
internal sealed class ApiKeyClients
{
    private readonly FrozenDictionary<string, ApiKeyClient> _byId;
    private readonly FrozenDictionary<string, ApiKeyClient>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;
    private readonly ApiKeyClient? _only;
    private readonly char _separator;

    public ApiKeyClients(IServiceProvider services, string scheme, RotatingApiKeyOptions options)
    {
        var clients = options.Clients.Select(client => NewClient(services, scheme, client.Key, client.Value, options)).ToArray();
        _byId = clients.ToFrozenDictionary(client => client.Id, StringComparer.Ordinal);
        _byPrefix = _byId.GetAlternateLookup<ReadOnlySpan<char>>();
        _only = clients.Length == 1 ? clients[0] : null;
        _separator = options.PrefixSeparator;
        Any = clients.FirstOrDefault();
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

    private static ApiKeyClient NewClient(IServiceProvider services, string scheme, string id, string credential, RotatingApiKeyOptions options)
    {
        var keys = Keys(services, scheme, id, credential);
        return new ApiKeyClient(id, keys, options.TellPlacesApart ? new CallerPlaces(id, options.PlaceKey ?? Encoding.UTF8.GetBytes(credential), keys) : null);
    }

    private static IRotatingCredentialProvider Keys(IServiceProvider services, string scheme, string client, string credential) =>
        RegisteredCredential.Get(services, credential, $"API key scheme '{scheme}', client '{client}', uses it").ForConsumer(scheme);
}

using System.Collections.Concurrent;
using System.Globalization;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>What the vault holds. Every secret is a list of versions, oldest first; a deleted one can be recovered until it is purged.</summary>
public sealed class VaultStore(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<StoredVersion>> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<StoredVersion>> _deleted = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, byte> _unreadable = new(StringComparer.Ordinal);

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    public bool IsDeleted(string name) => Locked(() => _deleted.ContainsKey(name));

    /// <summary>Adds a version; the newest one is what a get without a version returns.</summary>
    public StoredVersion Set(string name, string value, Func<StoredVersion, StoredVersion>? change = null)
    {
        var version = new StoredVersion(Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), value, Now);
        version = change?.Invoke(version) ?? version;
        lock (_gate)
        {
            if (!_secrets.TryGetValue(name, out var versions))
            {
                _secrets.Add(name, versions = []);
            }

            versions.Add(version);
        }

        return version;
    }

    public StoredVersion? Update(string name, string id, Func<StoredVersion, StoredVersion> change)
    {
        lock (_gate)
        {
            if (!_secrets.TryGetValue(name, out var versions) || versions.FindIndex(version => version.Id == id) is not (>= 0 and var index))
            {
                return null;
            }

            return versions[index] = change(versions[index]) with { Updated = Now };
        }
    }

    public void Disable(string name, string id) => Update(name, id, version => version with { Enabled = false });

    /// <summary>Replicas that lag behind: the version is listed, and a get does not find it.</summary>
    public void HideFromGet(string id) => _unreadable[id] = 0;

    public void ShowToGet(string id) => _unreadable.TryRemove(id, out _);

    public bool IsHidden(string id) => _unreadable.ContainsKey(id);

    public bool Delete(string name) => Move(name, _secrets, _deleted);

    public bool Recover(string name) => Move(name, _deleted, _secrets);

    public bool Purge(string name) => Locked(() => _deleted.Remove(name));

    public string[] Names(bool deleted) => Locked(() => (deleted ? _deleted : _secrets).Keys.Order(StringComparer.Ordinal).ToArray());

    public StoredVersion[] Versions(string name, bool deleted = false) =>
        Locked(() => (deleted ? _deleted : _secrets).TryGetValue(name, out var versions) ? versions.ToArray() : []);

    private bool Move(string name, Dictionary<string, List<StoredVersion>> from, Dictionary<string, List<StoredVersion>> to)
    {
        lock (_gate)
        {
            if (!from.Remove(name, out var versions))
            {
                return false;
            }

            to[name] = versions;
            return true;
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}

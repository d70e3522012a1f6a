using System.Text.Json.Nodes;

namespace CustomBackend.LocalVault;

/// <summary>What Vault's KV version 2 engine does, in memory. Each answer is a status code and the <c>data</c> of the body.</summary>
internal sealed class KvStore(TimeProvider time)
{
    private const int VersionsKept = 10; // Vault's default for max_versions.

    private readonly Lock _gate = new();
    private readonly Dictionary<string, KvSecret> _secrets = new(StringComparer.Ordinal);
    private DateTimeOffset _last;

    public (int Status, JsonObject? Data) ReadMetadata(string path)
    {
        lock (_gate)
        {
            if (!_secrets.TryGetValue(path, out var secret))
            {
                return (404, null);
            }

            return (200, new JsonObject
            {
                ["cas_required"] = false,
                ["created_time"] = KvVersion.Text(secret.CreatedOn),
                ["current_version"] = secret.Versions.Count == 0 ? 0 : secret.Versions.Keys.Last(),
                ["custom_metadata"] = secret.CustomMetadata?.DeepClone(),
                ["delete_version_after"] = "0s",
                ["max_versions"] = 0,
                ["oldest_version"] = secret.Versions.Keys.FirstOrDefault(),
                ["updated_time"] = KvVersion.Text(secret.UpdatedOn),
                ["versions"] = new JsonObject(secret.Versions.Select(pair => KeyValuePair.Create(pair.Key.ToString(), (JsonNode?)pair.Value.Describe()))),
            });
        }
    }

    public (int Status, JsonObject? Data) WriteMetadata(string path, JsonObject body)
    {
        lock (_gate)
        {
            var now = Now();
            var secret = Find(path, now);
            secret.CustomMetadata = (JsonObject?)body["custom_metadata"]?.DeepClone();
            secret.UpdatedOn = now;
            return (204, null);
        }
    }

    public (int Status, JsonObject? Data) Forget(string path)
    {
        lock (_gate)
        {
            _secrets.Remove(path);
            return (204, null);
        }
    }

    public (int Status, JsonObject? Data) Read(string path, int number)
    {
        lock (_gate)
        {
            if (!_secrets.TryGetValue(path, out var secret))
            {
                return (404, null);
            }

            var wanted = number > 0 ? number : secret.Versions.Keys.LastOrDefault();
            if (!secret.Versions.TryGetValue(wanted, out var version))
            {
                return (404, null);
            }

            var now = Now();
            return (version.IsReadable(now) ? 200 : 404, new JsonObject { ["data"] = version.Data(now), ["metadata"] = Describe(secret, wanted, version) });
        }
    }

    public (int Status, JsonObject? Data) Write(string path, JsonObject body)
    {
        lock (_gate)
        {
            var now = Now();
            var secret = Find(path, now);
            var number = secret.Versions.Keys.LastOrDefault() + 1;
            var version = new KvVersion(body["data"]!.DeepClone(), now);
            secret.Versions[number] = version;
            secret.UpdatedOn = now;
            if (secret.Versions.Count > VersionsKept)
            {
                secret.Versions.Remove(secret.Versions.Keys.First());
            }

            return (200, Describe(secret, number, version));
        }
    }

    public (int Status, JsonObject? Data) Change(string path, JsonObject body, Action<KvVersion, DateTimeOffset> change)
    {
        lock (_gate)
        {
            if (_secrets.TryGetValue(path, out var secret))
            {
                foreach (var number in body["versions"]!.AsArray())
                {
                    if (secret.Versions.TryGetValue((int)number!, out var version))
                    {
                        change(version, Now());
                    }
                }
            }

            return (204, null);
        }
    }

    private static JsonObject Describe(KvSecret secret, int number, KvVersion version)
    {
        var description = version.Describe();
        description["custom_metadata"] = secret.CustomMetadata?.DeepClone();
        description["version"] = number;
        return description;
    }

    private KvSecret Find(string path, DateTimeOffset now)
    {
        if (!_secrets.TryGetValue(path, out var secret))
        {
            _secrets[path] = secret = new KvSecret(now);
        }

        return secret;
    }

    // No two changes at the same time, also on a fake clock.
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        _last = now > _last ? now : _last.AddTicks(1);
        return _last;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>Documents of versions for the conformance suite: each change is written aside and renamed over the document.</summary>
public sealed class DocumentConformanceFixture : IBackendFixture, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("nhi-documents-");
    private readonly FileCredentialBackend _backend = new(new FileBackendOptions(), NullLogger.Instance, TimeProvider.System);
    private int _names;

    public ICredentialBackend Backend => _backend;

    public string NewKey() => Path.Combine(_directory.FullName, $"{NewName()}.versions.json");

    public async ValueTask PutAsync(string key, string value, CancellationToken ct) => await TryPutBinaryAsync(key, Encoding.UTF8.GetBytes(value), ct);

    public ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct) =>
        Change(key, versions => versions.Add((JsonNode)new JsonObject { ["id"] = NewName(), ["valueBase64"] = Convert.ToBase64String(value.Span) }));

    public ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct) => Change(key, versions => Find(versions, versionId)["enabled"] = false);

    public ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct) => Change(key, versions => Find(versions, versionId)["revoked"] = "leaked");

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct) => Change(key, versions => versions.Remove(Find(versions, versionId)));

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Delete(recursive: true);
    }

    private static JsonNode Find(JsonArray versions, string id) => versions.Single(version => (string)version!["id"]! == id)!;

    private ValueTask<bool> Change(string key, Action<JsonArray> change)
    {
        var document = File.Exists(key) ? JsonNode.Parse(File.ReadAllText(key))! : new JsonObject { ["revision"] = 0, ["versions"] = new JsonArray() };
        var versions = document["versions"]!.AsArray();
        change(versions);
        document["revision"] = (int)document["revision"]! + 1;
        if (versions.Count == 0)
        {
            File.Delete(key);
            return ValueTask.FromResult(true);
        }

        var draft = Path.Combine(_directory.FullName, NewName());
        File.WriteAllText(draft, document.ToJsonString());
        File.Move(draft, key, overwrite: true);
        return ValueTask.FromResult(true);
    }

    private string NewName() => Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture);
}

using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>The file backend for the conformance suite: a key is a path, and a version is put by renaming a file over it.</summary>
public sealed class FileConformanceFixture : IBackendFixture, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("nhi-conformance-");
    private readonly FileCredentialBackend _backend;
    private int _names;

    public FileConformanceFixture()
    {
        _backend = new FileCredentialBackend(new FileBackendOptions { Content = FileContent.Binary }, NullLogger.Instance, TimeProvider.System);
    }

    public ICredentialBackend Backend => _backend;

    public string NewKey() => NewPath("key");

    public async ValueTask PutAsync(string key, string value, CancellationToken ct) =>
        await TryPutBinaryAsync(key, System.Text.Encoding.UTF8.GetBytes(value), ct);

    public async ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        var draft = NewPath("draft");
        await File.WriteAllBytesAsync(draft, value, ct);
        File.Move(draft, key, overwrite: true);
        return true;
    }

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct)
    {
        File.Delete(key);
        return ValueTask.FromResult(true);
    }

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Delete(recursive: true);
    }

    private string NewPath(string kind) => Path.Combine(_directory.FullName, $"{kind}-{Interlocked.Increment(ref _names)}");
}

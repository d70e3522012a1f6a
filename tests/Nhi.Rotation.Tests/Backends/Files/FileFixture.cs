using System.Text;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>A directory of its own, and backends that are disposed with it.</summary>
internal sealed class FileFixture : IDisposable
{
    public const string Name = "orders-db";

    private readonly List<FileCredentialBackend> _backends = [];

    public string Root { get; } = Directory.CreateTempSubdirectory("nhi-files-").FullName;

    public FakeLogger Logger { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public FileCredentialBackend Backend(Action<FileBackendOptions>? configure = null, DirectoryWatches? directories = null)
    {
        var options = new FileBackendOptions { SettleTime = TimeSpan.FromMilliseconds(1) };
        configure?.Invoke(options);
        var backend = directories is null
            ? new FileCredentialBackend(options, Logger, Time)
            : new FileCredentialBackend(options, Logger, Time, directories, Mounts.OfProcess(Time));
        _backends.Add(backend);
        return backend;
    }

    public string PathOf(string name) => Path.Join(Root, name);

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Replaces a file as a careful writer does.</summary>
    public void Replace(string name, string content) => File.Move(Write(name + ".new", content), PathOf(name), overwrite: true);

    public Task<BackendListing> ListAsync(string path, Action<FileBackendOptions>? configure = null, params string[] known) =>
        ListAsync(Backend(configure), path, known);

    public static Task<BackendListing> ListAsync(FileCredentialBackend backend, string path, params string[] known) =>
        backend.ListAsync(new BackendRequest(Name, path, known.ToHashSet()), TestContext.Current.CancellationToken).AsTask();

    public static async Task<BackendException> FailAsync(Task<BackendListing> listing) => await Assert.ThrowsAsync<BackendException>(() => listing);

    public static string Reveal(BackendVersion version) => new Credential(Name, version.Id, version.Value!).Reveal();

    public static byte[] RevealBytes(BackendVersion version) => new Credential(Name, version.Id, version.Value!).RevealBytes().ToArray();

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        File.SetUnixFileMode(path, mode);
    }

    public void Dispose()
    {
        _backends.ForEach(static backend => backend.Dispose());
        Directory.Delete(Root, recursive: true);
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Backends.Files;

/// <summary>One backend for all credentials whose files are read alike: a process may hold very many, each in a file of its own.</summary>
internal sealed class FileBackends(ILogger logger, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FileBackendOptions, FileCredentialBackend> _backends = new(new Alike());

    public FileCredentialBackend For(FileBackendOptions options)
    {
        lock (_gate)
        {
            if (!_backends.TryGetValue(options, out var backend))
            {
                _backends.Add(options, backend = new FileCredentialBackend(options, logger, time));
            }

            return backend;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var backend in _backends.Values)
            {
                backend.Dispose();
            }

            _backends.Clear();
        }
    }

    private sealed class Alike : IEqualityComparer<FileBackendOptions>
    {
        public bool Equals(FileBackendOptions? x, FileBackendOptions? y) =>
            ReferenceEquals(x, y)
            || (x is not null && y is not null && Plain(x) == Plain(y) && x.FingerprintKey.AsSpan().SequenceEqual(y.FingerprintKey) && x.FingerprintKey is null == y.FingerprintKey is null);

        public int GetHashCode([DisallowNull] FileBackendOptions obj) => Plain(obj).GetHashCode();

        private static (FileLayout, string?, string?, FileContent, TrailingNewline, string?, int, TimeSpan, string?, FileExposure) Plain(FileBackendOptions options) =>
            (options.Layout, options.FileName, options.Fields is { } fields ? string.Join('/', fields) : null, options.Content, options.Newline, options.JsonField, options.MaxFileSize, options.SettleTime, options.CertificatePath, options.WritableByOthers);
    }
}

using Microsoft.Extensions.Configuration;
using Nhi.Rotation.Backends.Configuration;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Backends.Configuration;

/// <summary>Configuration in memory for the conformance suite.</summary>
internal sealed class ConfigurationFixture : IBackendFixture
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private int _names;

    public ConfigurationFixture() => Backend = new ConfigurationCredentialBackend(_configuration, fingerprintKey: null);

    public ICredentialBackend Backend { get; }

    public string NewKey() => $"Keys:{Interlocked.Increment(ref _names)}";

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        Set(key, value);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct)
    {
        Set(key, value: null);
        return ValueTask.FromResult(true);
    }

    private void Set(string key, string? value)
    {
        _configuration[key] = value;
        _configuration.Reload();
    }
}

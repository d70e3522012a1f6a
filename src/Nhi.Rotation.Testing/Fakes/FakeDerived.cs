using System.Diagnostics;

namespace Nhi.Rotation.Testing;

/// <summary>A value that the fake provider builds once for each version that becomes current.</summary>
[DebuggerDisplay("derived from {_provider}")]
internal sealed class FakeDerived<T> : IDerived<T>
{
    private readonly FakeCredentialProvider _provider;
    private readonly Func<Credential, T> _build;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private volatile Built? _built;

    public FakeDerived(FakeCredentialProvider provider, Func<Credential, T> build)
    {
        _provider = provider;
        _build = build;
    }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public T Current
    {
        get
        {
            var built = Latest();
            built.Source.RecordUse();
            return built.Value;
        }
    }

    public Credential Source => Latest().Source;

    /// <summary>Called when a set is published, one at a time.</summary>
    public void Build(FakeProvidedVersion? current)
    {
        if (current is null || _built?.Source.VersionId == current.Id)
        {
            return;
        }

        try
        {
            _built = new Built(current.For(_provider.Consumer), current.Lend(_provider.Consumer, _build));
        }
#pragma warning disable CA1031 // As with the real provider, a version that cannot be built leaves the last good result in place.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Unless that one was revoked.
            _built = _built is { Source.Stage: not CredentialStage.Revoked } ? _built : null;
        }
    }

    private Built Latest()
    {
        _ = _provider.Current;
        return _built ?? throw new CredentialUnavailableException(
            _provider.Name, "nothing could be built from the current version", "Rotate the fake provider to a value that the code under test can read.");
    }

    private sealed record Built(Credential Source, T Value)
    {
        public override string ToString() => $"built from {Source}";
    }
}

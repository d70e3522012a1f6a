using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Providers;

/// <summary>One consumer's view of a credential. Reading it is one volatile read.</summary>
[DebuggerDisplay("{Name,nq} for {Consumer,nq}")]
internal sealed class RotatingCredentialProvider : IRotatingCredentialProvider
{
    private readonly CredentialCore _core;
    private readonly Dictionary<string, Credential> _credentials = new(StringComparer.Ordinal);
    private readonly Lock _derivedGate = new();
    private readonly List<WeakReference<IBuildsOnRotation>> _derived = [];
    private volatile Credential? _current;
    private volatile CredentialSet _set;

    public RotatingCredentialProvider(CredentialCore core, string consumer)
    {
        _core = core;
        Consumer = consumer;
        _set = new CredentialSet(core.Name, generation: 0, current: null);
    }

    public string Name => _core.Name;

    public string Consumer { get; }

    public Credential Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _current ?? NoCurrent();
    }

    public Credential? CurrentOrNull => _current;

    public CredentialSet Credentials => _set;

    public ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default) =>
        _current is { } current ? ValueTask.FromResult(current) : WaitForCurrentAsync(ct);

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null) => _core.Match(presented, Consumer, caller);

    public void Report(Credential credential, CredentialOutcome outcome) => _core.Report(credential, outcome);

    public async ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default)
    {
        await _core.RefreshAsync(reason, ct).ConfigureAwait(false);
        return _set;
    }

    public ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default) => _core.RevokeAsync(versionId, why, ct);

    public IRotatingCredentialProvider ForConsumer(string consumer)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        return _core.ViewFor(consumer);
    }

    public IDerived<T> Derive<T>(Func<Credential, T> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var derived = new Derived<T>(_core, this, build);
        lock (_derivedGate)
        {
            _derived.RemoveAll(reference => !reference.TryGetTarget(out _));
            _derived.Add(new WeakReference<IBuildsOnRotation>(derived));
        }

        return derived;
    }

    public IChangeToken GetChangeToken() => _core.GetChangeToken();

    public override string ToString() => $"{Name} for {Consumer}";

    /// <summary>This consumer's credential of a version: the same object as long as the version is known. Under the core's lock.</summary>
    public Credential CredentialFor(KnownVersion version, VersionState state)
    {
        if (!_credentials.TryGetValue(state.Id, out var credential) || IsOutdated(credential, state))
        {
            credential = new Credential(Name, state.Id, version.Value!, version.Record.ForConsumer(Consumer))
            {
                CreatedOn = state.CreatedOn,
                NotBefore = state.NotBefore,
                ExpiresOn = state.ExpiresOn,
            };
            _credentials[state.Id] = credential;
        }

        return credential;
    }

    /// <summary>Shows a new picture. Under the core's lock.</summary>
    public void Show(CredentialSet set)
    {
        _set = set;
        _current = set.Current;
    }

    /// <summary>Lets go of versions that nobody may have from here any more. Under the core's lock.</summary>
    public void KeepOnly(CredentialState state)
    {
        foreach (var id in _credentials.Keys)
        {
            if (state.Find(id) is not { HasValue: true })
            {
                _credentials.Remove(id);
            }
        }
    }

    /// <summary>Builds derived values for the new current version, off the readers' path.</summary>
    public void BuildDerived()
    {
        WeakReference<IBuildsOnRotation>[] derived;
        lock (_derivedGate)
        {
            derived = [.. _derived];
        }

        foreach (var reference in derived)
        {
            if (reference.TryGetTarget(out var target))
            {
                target.Build();
            }
        }
    }

    private static bool IsOutdated(Credential credential, VersionState state) =>
        credential.ExpiresOn != state.ExpiresOn || credential.NotBefore != state.NotBefore;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Credential NoCurrent()
    {
        _core.EnsureStarted();
        return _current ?? throw _core.Unavailable();
    }

    private async ValueTask<Credential> WaitForCurrentAsync(CancellationToken ct)
    {
        await _core.WaitUntilPresentableAsync(ct).ConfigureAwait(false);
        return Current;
    }
}

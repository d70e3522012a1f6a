using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>One consumer's view of a credential. Reading it is one volatile read.</summary>
[DebuggerDisplay("{Name,nq} for {Consumer,nq}")]
internal sealed class RotatingCredentialProvider : IRotatingCredentialProvider
{
    private readonly CredentialCore _core;
    private ImmutableArray<WeakReference<IBuildsOnRotation>> _derived = [];
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

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null) => _core.MatchProof(proves, Consumer, caller);

    public void Report(Credential credential, CredentialOutcome outcome) => _core.Report(credential, outcome);

    public async ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default)
    {
        var result = await _core.RefreshAsync(reason, ct).ConfigureAwait(false);
        return result.Error is { } error ? throw RefreshErrors.For(error.CredentialName, error) : _set;
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
        ImmutableInterlocked.Update(
            ref _derived,
            static (all, added) => all.RemoveAll(static reference => !reference.TryGetTarget(out _)).Add(added),
            new WeakReference<IBuildsOnRotation>(derived));
        return derived;
    }

    public IChangeToken GetChangeToken() => _core.GetChangeToken();

    public override string ToString() => $"{Name} for {Consumer}";

    /// <summary>This consumer's credential of a version: the same object as long as the version is shown with the same dates.</summary>
    public Credential CredentialFor(LiveVersion version)
    {
        var state = version.State;
        return Shown(state.Id) is { } shown && shown.ExpiresOn == state.ExpiresOn && shown.NotBefore == state.NotBefore
            ? shown
            : new Credential(Name, state.Id, version.Value!, version.Record.ForConsumer(Consumer))
            {
                CreatedOn = state.CreatedOn,
                NotBefore = state.NotBefore,
                ExpiresOn = state.ExpiresOn,
            };
    }

    /// <summary>Shows a new picture. One at a time.</summary>
    public void Show(CredentialSet set)
    {
        _set = set;
        _current = set.Current;
    }

    /// <summary>Builds derived values for the new current version, off the readers' path.</summary>
    public void BuildDerived()
    {
        foreach (var reference in _derived)
        {
            if (reference.TryGetTarget(out var target))
            {
                target.Build();
            }
        }
    }

    private Credential? Shown(string versionId) =>
        _current?.VersionId == versionId ? _current : Find(_set.Pending, versionId) ?? Find(_set.Previous, versionId) ?? Find(_set.Retired, versionId);

    private static Credential? Find(IReadOnlyList<Credential> credentials, string versionId)
    {
        for (var i = 0; i < credentials.Count; i++)
        {
            if (credentials[i].VersionId == versionId)
            {
                return credentials[i];
            }
        }

        return null;
    }

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

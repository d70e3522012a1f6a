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
    private readonly IServedCredential _credential;
    private ImmutableArray<WeakReference<IBuildsOnRotation>> _derived = [];
    private volatile Credential? _current;
    private volatile CredentialSet? _set;

    public RotatingCredentialProvider(IServedCredential credential, string consumer)
    {
        _credential = credential;
        Consumer = consumer;
    }

    public string Name => _credential.Name;

    public string Consumer { get; }

    public Credential Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _current ?? NoCurrent();
    }

    public Credential? CurrentOrNull => _current;

    public CredentialSet Credentials => _set ?? _credential.Picture(Consumer);

    /// <summary>Whether anybody looks at more than the current version.</summary>
    public bool HasPicture => _set is not null;

    public ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default) =>
        _current is { } current ? ValueTask.FromResult(current) : WaitForCurrentAsync(ct);

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null) => _credential.Match(presented, Consumer, caller);

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null) => _credential.MatchProof(proves, Consumer, caller);

    public void Report(Credential credential, CredentialOutcome outcome) => _credential.Report(credential, outcome, asFarAs: null);

    public void Report(Credential credential, CredentialOutcome outcome, string? asFarAs) => _credential.Report(credential, outcome, asFarAs);

    public async ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default)
    {
        var result = await _credential.RefreshAsync(reason, ct).ConfigureAwait(false);
        return result.Error is { } error ? throw RefreshErrors.For(error.CredentialName, error) : Credentials;
    }

    public ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default) => _credential.RevokeAsync(versionId, why, ct);

    public IRotatingCredentialProvider ForConsumer(string consumer)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        return _credential.ViewFor(consumer);
    }

    public IDerived<T> Derive<T>(Func<Credential, T> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var derived = new Derived<T>(_credential, this, build);
        ImmutableInterlocked.Update(
            ref _derived,
            static (all, added) => all.RemoveAll(static reference => !reference.TryGetTarget(out _)).Add(added),
            new WeakReference<IBuildsOnRotation>(derived));
        return derived;
    }

    public IChangeToken GetChangeToken() => _credential.GetChangeToken();

    public override string ToString() => $"{Name} for {Consumer}";

    /// <summary>This consumer's credential of a version: the same object as long as the version is shown with the same dates.</summary>
    public Credential CredentialFor(LiveVersion version)
    {
        var state = version.State;
        return Find(state.Id) is { } shown && shown.ExpiresOn == state.ExpiresOn && shown.NotBefore == state.NotBefore
            ? shown
            : new Credential(Name, state.Id, version.Value!, version.ForConsumer(Consumer))
            {
                CreatedOn = state.CreatedOn,
                NotBefore = state.NotBefore,
                ExpiresOn = state.ExpiresOn,
            };
    }

    /// <summary>A replaced version in this consumer's lists.</summary>
    public OldCredential Shown(LiveVersion version) =>
        (_set?.Previous as ShownCredentials)?.Find(version) ?? (_set?.Retired as ShownCredentials)?.Find(version) ?? new OldCredential(version, version.Value!, Consumer);

    /// <summary>Shows another current version, while nobody looks at more. One at a time.</summary>
    public void Show(VersionShelf shelf, Credential? current)
    {
        var before = _current;
        _current = current;
        LetGo(shelf, before);
    }

    /// <summary>Shows a new picture. One at a time.</summary>
    public void Show(VersionShelf shelf, CredentialSet set)
    {
        var (before, current) = (_set, _current);
        _set = set;
        _current = set.Current;
        LetGo(shelf, current);
        foreach (var pending in before?.Pending ?? [])
        {
            LetGo(shelf, pending);
        }
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

    private Credential? Find(string versionId) =>
        _current?.VersionId == versionId ? _current : _set?.Pending.FirstOrDefault(pending => pending.VersionId == versionId);

    // What is shown no more was given to whoever asked: from now on only they keep it.
    private void LetGo(VersionShelf shelf, Credential? shown)
    {
        if (shown is not null && !ReferenceEquals(shown, Find(shown.VersionId)))
        {
            shelf.Find(shown.VersionId)?.Give(Consumer, shown, KeptObjects.Credential);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Credential NoCurrent()
    {
        _credential.EnsureStarted();
        return _current ?? throw _credential.Unavailable();
    }

    private async ValueTask<Credential> WaitForCurrentAsync(CancellationToken ct)
    {
        await _credential.WaitUntilPresentableAsync(ct).ConfigureAwait(false);
        return Current;
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nhi.Rotation;

/// <summary>
/// Presents a credential to one other side, a server or a service, and finds another version when that refuses one: what every client of a rotating credential does, in one
/// place. An operation fails only if nothing at hand works.
/// </summary>
/// <typeparam name="T">What is built from a version: a header, a login, a key object.</typeparam>
/// <example>
/// One presenter for each target, kept as long as the app runs; one loop for each operation:
/// <code>
/// var shown = await presenter.TakeAsync(ct);
/// while (true)
/// {
///     var answer = await AskAsync(shown.Value, ct);
///     if (!answer.IsRefusal)
///     {
///         presenter.Accepted(shown);
///         return answer;
///     }
///
///     if (await presenter.FindOtherAsync(shown, ct: ct) is not { } other)
///     {
///         return answer;
///     }
///
///     shown = other;
/// }
/// </code>
/// </example>
/// <remarks>
/// <para>
/// One operation presents at most <see cref="PresenterOptions.MaxAttempts"/> versions, in this order: the current one; the one that this target accepted last; the others that may be
/// presented (<see cref="CredentialSet.Presentable"/>), newest first. The store is asked for a newer one, in the background while there is another version to try, else for at most
/// <see cref="PresenterOptions.MaxWait"/>. What this target refused in the last 10 s comes after all else; so it does when the next operation takes a version, so that not every one of
/// them learns the same again. When 20 operations did that in vain within little time it is a flood, and one operation a second
/// does it from then on, until it helps one.
/// </para>
/// <para>
/// What a version is worth is known for each target; a target that lags behind does not decide for another one. What was accepted and refused is reported to the provider, whose own
/// fallback is for all. Safe for concurrent use. Taking a version that works is a volatile read and the count of a use, and allocates nothing.
/// </para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Presenter<T>
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly Builds<T> _builds;
    private readonly PresenterOptions _options;
    private readonly TargetMemory _memory;
    private readonly Search<T> _search;

    private volatile Standby? _standby;

    /// <summary>Makes a presenter for one target.</summary>
    /// <param name="provider">The credential, for the consumer that presents it.</param>
    /// <param name="build">
    /// Builds what is presented. What it throws makes the version unfit: another one is presented instead. The message is not kept, as it may quote the value.
    /// </param>
    /// <param name="options">How far to go; the defaults if omitted.</param>
    public Presenter(IRotatingCredentialProvider provider, Func<Credential, T> build, PresenterOptions? options = null)
        : this(
            provider ?? throw new ArgumentNullException(nameof(provider)),
            new Builds<T>(provider, build ?? throw new ArgumentNullException(nameof(build)), options is { BuildEachTime: true }),
            options ?? new PresenterOptions())
    {
    }

    private Presenter(IRotatingCredentialProvider provider, Builds<T> builds, PresenterOptions options)
    {
        _provider = provider;
        _builds = builds;
        _options = options;
        _memory = new TargetMemory(options.Time);
        _search = new Search<T>(provider, builds, _memory, options);
    }

    /// <summary>The same credential for another target: shares what is built, and knows nothing of what this target said.</summary>
    public Presenter<T> ForTarget() => new(_provider, _builds, _options);

    /// <summary>The version to present now; counts one use of it.</summary>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable: not loaded yet, expired, or revoked without a replacement.</exception>
    /// <exception cref="CredentialFormatException">Nothing can be built from any version.</exception>
    public Presented<T> Take() => TryTake(out var shown) ? shown : _builds.BuildCurrent();

    /// <summary>The version to present now; waits for the first load if it has not happened. Counts one use of it.</summary>
    /// <param name="ct">Cancels the wait.</param>
    /// <exception cref="CredentialUnavailableException">The first load failed, or nothing is presentable.</exception>
    /// <exception cref="CredentialFormatException">Nothing can be built from any version.</exception>
    public ValueTask<Presented<T>> TakeAsync(CancellationToken ct = default) => TryTake(out var shown) ? new(shown) : TakeOnceLoadedAsync(ct);

    /// <summary>The other side accepted the version. Costs next to nothing when it did so before.</summary>
    /// <param name="shown">What was presented.</param>
    public void Accepted(Presented<T> shown) => Tell(shown, CredentialOutcome.Accepted, asFarAs: null);

    /// <summary>The other side answered and did not refuse the version, and nobody knows whether it looked at it. Costs next to nothing when it did so before.</summary>
    /// <param name="shown">What was presented.</param>
    /// <param name="asFarAs">What was answered: <c>200 from GET /open</c>. It stands in evidence and reasons, so never a value.</param>
    public void Answered(Presented<T> shown, string? asFarAs = null) => Tell(shown, CredentialOutcome.Answered, asFarAs);

    /// <summary>The other side refused the version, in an operation that cannot be repeated: the next one presents another version. The store is asked in the background.</summary>
    /// <param name="shown">What was presented.</param>
    public void Refused(Presented<T> shown)
    {
        NoteRefusal(shown);
        LeaveToNext(shown);
        _search.RefreshInBackground();
    }

    /// <summary>The other side refused the version: finds the one to repeat the operation with. Counts one use of it.</summary>
    /// <param name="refused">What was presented.</param>
    /// <param name="kind">
    /// Whether it is sure that it was the version that was refused. What is only suspected is not reported until another version of the same operation was accepted; one operation at a
    /// time follows a suspicion, and after one that led to nothing none for 10 s, so that a server that is down costs one more attempt in that time.
    /// </param>
    /// <param name="ct">Cancels the wait for a refresh.</param>
    /// <returns><see langword="null"/> if the refusal stands: nothing else is at hand.</returns>
    public async ValueTask<Presented<T>?> FindOtherAsync(Presented<T> refused, RefusalKind kind = RefusalKind.Certain, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(refused.Version);
        var tried = new Attempt(refused.Version, kind, refused.Before);
        if (kind == RefusalKind.Certain)
        {
            NoteRefusal(refused);
        }
        else if (tried.Before is { HasSuspects: true })
        {
            // The other one failed in the same way, so neither is to blame.
            _memory.Doubt(refused.Version);
            _memory.EndTrial(isConfirmed: false);
            return null;
        }
        else if (!await _memory.TryBeginTrialAsync(_options.MaxWait, ct).ConfigureAwait(false))
        {
            return FollowTrial(tried);
        }

        var other = tried.Count < _options.MaxAttempts ? await _search.FindAsync(tried, ct).ConfigureAwait(false) : LeaveToNext(refused);
        if (other is null && tried.HasSuspects)
        {
            _memory.EndTrial(isConfirmed: false);
        }

        return other;
    }

    /// <summary>Name and consumer; never a value.</summary>
    public override string ToString() => $"{_provider.Name} for {_provider.Consumer}";

    private bool TryTake(out Presented<T> shown)
    {
        if (_standby is null && _builds.TryTakeCurrent(out shown))
        {
            return true;
        }

        return TryTakeOther(out shown);
    }

    // The current version is known not to work here, or nothing can be built from it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeOther(out Presented<T> shown)
    {
        shown = default;
        var set = _provider.Credentials;
        if (set.Current is not { } current)
        {
            return false;
        }

        if (_standby is { } standby)
        {
            if (standby.InsteadOf == current.VersionId && !standby.IsOver(_options.Time) && OtherVersion.Find(set.Presentable, standby.VersionId) is { } other && _builds.TryBuild(other, before: null, out shown))
            {
                return true;
            }

            // One that was made current for all goes on standing by, should that be taken back soon.
            if (standby.InsteadOf == current.VersionId || standby.IsOver(_options.Time))
            {
                Interlocked.CompareExchange(ref _standby, null, standby);
                return TryTake(out shown);
            }

            return _builds.TryTakeCurrent(out shown) || TryStandIn(set, current, out shown);
        }

        return TryStandIn(set, current, out shown);
    }

    // Nothing can be built from the current version.
    private bool TryStandIn(CredentialSet set, Credential current, out Presented<T> shown)
    {
        shown = default;
        foreach (var version in set.Presentable)
        {
            if (_builds.TryBuild(version, before: null, out shown))
            {
                _standby = new Standby(current.VersionId, version.VersionId, Until: null);
                return true;
            }
        }

        return false;
    }

    private async ValueTask<Presented<T>> TakeOnceLoadedAsync(CancellationToken ct)
    {
        await _provider.GetCurrentAsync(ct).ConfigureAwait(false);
        return TryTake(out var shown) ? shown : _builds.BuildCurrent();
    }

    private void Tell(Presented<T> shown, CredentialOutcome outcome, string? asFarAs)
    {
        if (shown.Before is null && ReferenceEquals(_memory.Settled, shown.Version.VersionId))
        {
            _provider.Report(shown.Version, outcome, asFarAs);
            return;
        }

        NoteAcceptance(shown, outcome, asFarAs);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteAcceptance(Presented<T> shown, CredentialOutcome outcome, string? asFarAs)
    {
        ArgumentNullException.ThrowIfNull(shown.Version);
        for (var attempt = shown.Before; attempt is not null; attempt = attempt.Before)
        {
            // It looks at versions: it refused another one of the same operation.
            outcome = attempt.Version.VersionId == shown.Version.VersionId ? outcome : CredentialOutcome.Accepted;

            // This one decided: that one was refused.
            if (attempt.Kind == RefusalKind.Suspected)
            {
                _memory.Refuse(attempt.Version, wasLastResort: false);
                _provider.Report(attempt.Version, CredentialOutcome.Rejected);
            }
        }

        _memory.Accept(shown.Version, shown.Before is { MayTryRefused: true });
        _provider.Report(shown.Version, outcome, asFarAs);
        StandBy(shown);
        if (shown.Before is { HasSuspects: true })
        {
            _memory.EndTrial(isConfirmed: true);
        }
    }

    // After the report, which may have made it current for all.
    private void StandBy(Presented<T> shown)
    {
        if (_standby is { } standby && standby.InsteadOf == shown.Version.VersionId)
        {
            _standby = null;
        }

        var current = _provider.Credentials.Current?.VersionId;
        StandBy(shown.Version.VersionId, current == shown.Version.VersionId ? shown.Before?.First.VersionId : current);
    }

    private void StandBy(string versionId, string? refused)
    {
        if (refused is not null && refused != versionId && _memory.RefusedFor(refused) is var left && left > TimeSpan.Zero)
        {
            _standby = new Standby(refused, versionId, _options.Time.GetTimestamp() + (long)(left.TotalSeconds * _options.Time.TimestampFrequency));
        }
    }

    // What this operation may not try any more.
    private Presented<T>? LeaveToNext(Presented<T> refused)
    {
        if (_search.FindUntried(refused.Version) is { } other)
        {
            StandBy(other.VersionId, _provider.Credentials.Current?.VersionId);
        }

        return null;
    }

    private void NoteRefusal(Presented<T> shown)
    {
        ArgumentNullException.ThrowIfNull(shown.Version);
        _memory.Refuse(shown.Version, shown.Before is { BeginsLastResort: true });
        if (_standby is { } standby && standby.VersionId == shown.Version.VersionId)
        {
            Interlocked.CompareExchange(ref _standby, null, standby);
        }

        _provider.Report(shown.Version, CredentialOutcome.Rejected);
    }

    // What another operation found out meanwhile.
    private Presented<T>? FollowTrial(Attempt tried) =>
        TryTake(out var shown) && !tried.Has(shown.Version.VersionId) ? new Presented<T>(new Built<T>(shown.Version, shown.Value, tried)) : null;
}

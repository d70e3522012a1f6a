using System.Diagnostics;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Following;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Shows what is on the shelf to the views, one a consumer, and tells those who wait or subscribed.</summary>
internal sealed class Publisher
{
    private readonly IServedCredential _credential;
    private readonly VersionShelf _shelf;
    private readonly LifecyclePolicy _policy;

    // A process may hold very many credentials, most with one consumer and nobody waiting: what only some need is made when it is needed.
    private Dictionary<string, RotatingCredentialProvider>? _otherViews;
    private TaskCompletionSource? _awaited;
    private ChangeSource? _changes;
    private volatile Inbound? _wayIn;
    private long _generation;

    public Publisher(IServedCredential credential, VersionShelf shelf, string defaultConsumer, LifecyclePolicy policy)
    {
        _credential = credential;
        _policy = policy;
        _shelf = shelf;
        Default = new RotatingCredentialProvider(credential, defaultConsumer);
    }

    /// <summary>The view of those who did not say who they are.</summary>
    public RotatingCredentialProvider Default { get; }

    /// <summary>The way in, if anybody came that way: most credentials are never presented to us.</summary>
    public Inbound? WayIn => _wayIn;

    public Inbound OpenWayIn(EngineClock clock, int maxCallers, EngineLog log)
    {
        // What a step changes is forgotten there under the lock, so it is made under it too.
        lock (_shelf.Gate)
        {
            return _wayIn ??= new Inbound(_shelf, clock, maxCallers, log);
        }
    }

    public IChangeToken GetChangeToken() => LazyInitializer.EnsureInitialized(ref _changes, static () => new()).GetToken();

    public RotatingCredentialProvider ViewFor(string consumer, int maxConsumers)
    {
        if (consumer == Default.Consumer)
        {
            return Default;
        }

        lock (_shelf.Gate)
        {
            _otherViews ??= new(StringComparer.Ordinal);
            if (_otherViews.TryGetValue(consumer, out var view))
            {
                return view;
            }

            if (_otherViews.Count >= maxConsumers)
            {
                return _otherViews.TryGetValue(BoundedNames.Other, out view) ? view : AddView(_otherViews, BoundedNames.Other);
            }

            return AddView(_otherViews, consumer);
        }
    }

    /// <summary>The picture that a view shows from now on: most views are asked for the current version alone.</summary>
    public CredentialSet Picture(string consumer)
    {
        lock (_shelf.Gate)
        {
            var view = consumer == Default.Consumer ? Default : _otherViews![consumer];
            if (!view.HasPicture)
            {
                view.Show(_shelf, Draw(view, _shelf.Find(_shelf.State.PresentedId)));
            }

            return view.Credentials;
        }
    }

    /// <summary>Completes at once, or when the next set with a current version is published.</summary>
    public Task PresentableAsync()
    {
        lock (_shelf.Gate)
        {
            return Default.CurrentOrNull is not null
                ? Task.CompletedTask
                : (_awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Waits until then, but not longer than so long.</summary>
    public async ValueTask<bool> IsPresentableWithinAsync(TimeSpan timeout, EngineClock clock, CancellationToken ct)
    {
        try
        {
            await PresentableAsync().WaitAsync(timeout, clock.Time, ct).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Shows the shelf to all views.</summary>
    public void Publish()
    {
        Debug.Assert(_shelf.Gate.IsHeldByCurrentThread);

        // First the promotion, then the new picture, then the demotions: whoever reads Current never sees a demoted version there,
        // and uses until the switch belong to the stage before it.
        var current = _shelf.Find(_shelf.State.PresentedId);
        current?.MoveTo(CredentialStage.Current);
        _generation++;
        Show(Default, current);
        foreach (var view in _otherViews?.Values ?? Enumerable.Empty<RotatingCredentialProvider>())
        {
            Show(view, current);
        }

        _wayIn?.Forget();

        Interlocked.MemoryBarrierProcessWide();
        foreach (var version in _shelf.Versions)
        {
            version.MoveTo(version.State.Stage);
        }

        if (current is not null)
        {
            _awaited?.TrySetResult();
            _awaited = null;
        }
    }

    /// <summary>Builds what is derived and calls subscribers, outside of the lock.</summary>
    public void Announce(EngineLog log)
    {
        RotatingCredentialProvider[] others;
        lock (_shelf.Gate)
        {
            others = _otherViews is null ? [] : [.. _otherViews.Values];
        }

        Default.BuildDerived();
        foreach (var view in others)
        {
            view.BuildDerived();
        }

        try
        {
            Volatile.Read(ref _changes)?.Fire();
        }
        catch (AggregateException errors)
        {
            foreach (var error in errors.Flatten().InnerExceptions)
            {
                log.SubscriberFailed(_credential.Name, CauseOf(error));
            }
        }
    }

    /// <summary>A consumer's value could not be built.</summary>
    public void DeriveFailed(EngineLog log, string versionId, Exception error) => log.DeriveFailed(_credential.Name, versionId, CauseOf(error));

    /// <summary>Something was built from a version, for somebody.</summary>
    public void NoteBuilt(string versionId, string consumer, object built, bool isShared)
    {
        lock (_shelf.Gate)
        {
            if (!isShared)
            {
                _shelf.Find(versionId)?.Give(consumer, built, KeptObjects.Derived);
                return;
            }

            foreach (var version in _shelf.Versions)
            {
                version.TakeBack(built);
            }
        }
    }

    /// <summary>Our own errors say no value and why; of any other, only the type is told.</summary>
    private static string CauseOf(Exception error) => error is CredentialException own ? own.Cause : error.GetType().FullName!;

    private RotatingCredentialProvider AddView(Dictionary<string, RotatingCredentialProvider> views, string consumer)
    {
        Debug.Assert(_shelf.Gate.IsHeldByCurrentThread);
        var view = new RotatingCredentialProvider(_credential, consumer);
        views.Add(consumer, view);
        if (_generation > 0)
        {
            Show(view, _shelf.Find(_shelf.State.PresentedId));
        }

        return view;
    }

    private void Show(RotatingCredentialProvider view, LiveVersion? current)
    {
        Debug.Assert(_shelf.Gate.IsHeldByCurrentThread);
        if (view.HasPicture)
        {
            view.Show(_shelf, Draw(view, current));
        }
        else
        {
            view.Show(_shelf, current is null ? null : view.CredentialFor(current));
        }
    }

    private CredentialSet Draw(RotatingCredentialProvider view, LiveVersion? presented)
    {
        var current = presented is null ? null : view.CredentialFor(presented);
        var pending = Credentials(view, CredentialStage.Pending);
        var previous = Credentials(view, CredentialStage.Previous);
        var presentable = Presentability.InOrder(_shelf.State, _policy);
        return new CredentialSet(
            _credential.Name,
            _generation,
            current,
            pending,
            previous,
            Credentials(view, CredentialStage.Retired),
            !presentable.IsEmpty ? new ShownCredentials([.. presentable.Select(Shown)])
                : current is not null && previous is ShownCredentials old ? old.After(current)
                : null);

        object Shown(string id) => (current?.VersionId == id ? current : pending.FirstOrDefault(known => known.VersionId == id)) ?? (object)view.Shown(_shelf.Find(id)!);
    }

    private IReadOnlyList<Credential> Credentials(RotatingCredentialProvider view, CredentialStage stage)
    {
        var count = 0;
        foreach (var version in _shelf.Versions)
        {
            count += version.State.Stage == stage && version.State.HasValue ? 1 : 0;
        }

        if (count == 0)
        {
            return [];
        }

        var versions = _shelf.Versions.ToArray().Where(version => version.State.Stage == stage && version.State.HasValue).ToArray();

        // Pending: newest first. The others: the most recently replaced first.
        Array.Sort(versions, (a, b) => stage == CredentialStage.Pending || a.State.OverlapEndsAt == b.State.OverlapEndsAt
            ? b.State.CompareAge(a.State)
            : Nullable.Compare(b.State.OverlapEndsAt, a.State.OverlapEndsAt));
        return stage == CredentialStage.Pending ? Array.ConvertAll(versions, view.CredentialFor) : new ShownCredentials(Array.ConvertAll(versions, view.Shown));
    }
}

using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>One credential: what its views and others ask of it. Readers never take its lock.</summary>
internal sealed class CredentialCore : RefreshedCredential, IServedCredential
{
    public CredentialCore(CoreSettings settings, EngineParts engine)
        : base(settings, engine)
    {
        Publisher = new Publisher(this, Shelf, settings.Rules.DefaultConsumer, settings.Rules.Lifecycle);
        engine.Scheduler.Register(this);
    }

    /// <summary>The view of those who did not say who they are.</summary>
    public RotatingCredentialProvider Default => Publisher.Default;

    /// <summary>How the last refreshes went.</summary>
    public RefreshHealth Health => Engine.Scheduler.ReadHealth(this);

    protected override Publisher Publisher { get; }

    public CredentialSet Picture(string consumer) => Publisher.Picture(consumer);

    public IRotatingCredentialProvider ViewFor(string consumer) => Publisher.ViewFor(consumer, Settings.Rules.MaxConsumers);

    public IChangeToken GetChangeToken() => Publisher.GetChangeToken();

    public void EnsureStarted() => Engine.Scheduler.Start();

    public async ValueTask WaitUntilPresentableAsync(CancellationToken ct)
    {
        var presentable = Publisher.PresentableAsync();
        var result = await RefreshAsync(RefreshReason.Startup, ct).ConfigureAwait(false);
        if (presentable.IsCompleted)
        {
            return;
        }

        if (result.Error is { } error && (!error.IsTransient || Engine.Scheduler.IsStopped))
        {
            throw Unavailability.Of(Settings, State, error);
        }

        if (!await Publisher.IsPresentableWithinAsync(Settings.Rules.FirstLoadTimeout, Engine.Clock, ct).ConfigureAwait(false))
        {
            throw Unavailable();
        }
    }

    public CredentialUnavailableException Unavailable() => Unavailability.Of(Settings, State, LastError);

    public Task<FlightResult> RefreshAsync(RefreshReason reason, CancellationToken ct)
    {
        EnsureStarted();
        return Engine.Scheduler.RefreshAsync(this, reason).WaitAsync(ct);
    }

    public override void Signal()
    {
        EnsureStarted();
        Engine.Scheduler.Signal(this);
    }

    /// <inheritdoc/>
    /// <remarks>Somebody in a hurry may give the value itself: that revokes the version that holds it, and the value is told to nobody.</remarks>
    public async ValueTask RevokeAsync(string versionId, string why, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentException.ThrowIfNullOrEmpty(why);
        versionId = Shelf.IdOf(versionId);
        using var activity = CredentialActivities.StartRevoke(Name, versionId);
        await DeclareRevokedAsync(versionId, why, ct).ConfigureAwait(false);

        // The revocation has happened; whether the backend has something newer is told by the log and the set.
        var result = await RefreshAsync(RefreshReason.Requested, ct).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            // The revocation stands; only what was to follow it failed.
            activity.NoteFailure(error.Failure);
        }
    }

    /// <summary>Revokes a version in this process, which is done before the first wait, and makes it last.</summary>
    public async ValueTask DeclareRevokedAsync(string versionId, string why, CancellationToken ct)
    {
        var value = Revocations.ValueOf(versionId);
        StepAndReschedule(new LifecycleInput.Revoked(versionId, why));
        await Revocations.KeepAsync(versionId, value, why, ct).ConfigureAwait(false);
        await Engine.GiveBackAsync(Name, versionId, ct).ConfigureAwait(false);
    }

    public void Report(Credential credential, CredentialOutcome outcome, string? asFarAs)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (outcome is CredentialOutcome.Accepted or CredentialOutcome.Answered)
        {
            // The rule for a healthy credential whose current version was accepted before: nothing to remember, so nothing to lock.
            if (outcome == CredentialOutcome.Accepted ? Shelf.ProofsMean : Shelf.AcceptancesMean)
            {
                Engine.Stepper.NoteAcceptance(Shelf, credential.VersionId, outcome, asFarAs);
                StepAndReschedule(new LifecycleInput.Reported(credential.VersionId, CredentialOutcome.Accepted));
            }

            return;
        }

        Engine.Metrics.Rejected(Name, credential.VersionId, credential.Consumer);
        StepAndReschedule(new LifecycleInput.Reported(credential.VersionId, outcome));
        if (credential.VersionId == Default.CurrentOrNull?.VersionId)
        {
            EnsureStarted();
            _ = Engine.Scheduler.RefreshAsync(this, RefreshReason.Rejection);
        }
    }

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string consumer, string? caller) => WayIn.Match(presented, consumer, caller, Default.CurrentOrNull is not null);

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string consumer, string? caller)
    {
        ArgumentNullException.ThrowIfNull(proves);
        return WayIn.MatchProof(proves, consumer, caller, Default.CurrentOrNull is not null);
    }

    public (Credential Credential, LentTracker Loan)? Lend(string versionId, string consumer) => Shelf.Lend(versionId, consumer);

    public void NoteBuilt(string versionId, string consumer, object built, bool isShared) => Publisher.NoteBuilt(versionId, consumer, built, isShared);

    public void DeriveFailed(string versionId, Exception error) => Publisher.DeriveFailed(Engine.Log, versionId, error);

    private Inbound WayIn => Publisher.WayIn ?? Publisher.OpenWayIn(Engine.Clock, Settings.Rules.MaxCallers, Engine.Log);
}

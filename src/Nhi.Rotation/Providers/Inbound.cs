using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>The way in: recognises versions that others present to us. Readers take no lock.</summary>
internal sealed class Inbound(VersionShelf shelf, EngineClock clock, int maxCallers, EngineLog log)
{
    private readonly BoundedNames _callers = new(maxCallers);
    private HashSet<string>? _told;
    private volatile MatchTable? _matches;

    /// <summary>Compares with every value at once, in constant time; counts the use and says what it means.</summary>
    public CredentialMatch Match(ReadOnlySpan<byte> presented, string consumer, string? caller, bool isPresentable) =>
        Recognize((_matches ?? Make()).Find(presented), consumer, caller, isPresentable);

    /// <summary>The same with every value that is kept, each tried by a proof.</summary>
    public CredentialMatch MatchProof(Func<Credential, bool> proves, string consumer, string? caller, bool isPresentable) =>
        Recognize((_matches ?? Make()).Find(proves, consumer), consumer, caller, isPresentable);

    /// <summary>What was known of the versions has changed.</summary>
    public void Forget() => _matches = null;

    private CredentialMatch Recognize(MatchTable.Entry? entry, string consumer, string? caller, bool isPresentable)
    {
        if (entry is null)
        {
            return default;
        }

        var record = entry.Record;
        var use = record.ForCaller(consumer, caller is null ? BoundedNames.Other : _callers.Fold(caller));
        use.RecordUse();
        var stage = record.Stage;
        var accepted = stage switch
        {
            CredentialStage.Current or CredentialStage.Previous => true,
            CredentialStage.Pending => entry.NotBefore is not { } start || start <= clock.Time.GetUtcNow(),
            _ => false,
        };
        var match = new CredentialMatch(record.VersionId, stage, accepted && isPresentable, use);
        return stage == CredentialStage.Previous ? match with { SupersededAt = record.History.SupersededAt, ValidUntil = entry.ValidUntil } : match;
    }

    private MatchTable Make()
    {
        MatchTable matches;
        VersionState[] unfit;
        lock (shelf.Gate)
        {
            unfit = Unfit();
            matches = _matches ??= Build();
        }

        foreach (var version in unfit)
        {
            log.NotAccepted(shelf.CredentialName, version.Id, version.Unfit!.Rule);
        }

        return matches;
    }

    // What is presented and yet accepted from nobody; each is told once.
    private VersionState[] Unfit()
    {
        var unfit = shelf.Versions.ToArray().Where(version => version.State is { IsInService: true, HasValue: true, Unfit: not null } && (_told ??= new(StringComparer.Ordinal)).Add(version.VersionId));
        return [.. unfit.Select(version => version.State)];
    }

    // The last one found wins, should two versions have the same value or a message be signed with several: the current one, then the others in service.
    private MatchTable Build()
    {
        var now = clock.Now;
        return new(
        [
            .. from version in shelf.Versions.ToArray()
               where version.Fingerprint is not null && version.State.Unfit is null
               orderby version.State.Stage switch { CredentialStage.Current => 3, CredentialStage.Pending => 2, CredentialStage.Previous => 1, _ => 0 }
               select new MatchTable.Entry(version, version.Fingerprint!.Value, version.Value, version.State.NotBefore, ValidUntil(version.State, now)),
        ]);
    }

    private static DateTimeOffset? ValidUntil(VersionState version, Instant now)
    {
        var overlapEnds = version.Stage == CredentialStage.Previous ? now.UtcAt(version.OverlapEndsAt) : null;
        return !version.OutlivesExpiry && version.ExpiresOn < overlapEnds ? version.ExpiresOn : overlapEnds;
    }
}

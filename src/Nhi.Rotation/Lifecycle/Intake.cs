using System.Runtime.InteropServices;

namespace Nhi.Rotation.Lifecycle;

/// <summary>What a good listing makes known.</summary>
internal static class Intake
{
    // Retired versions that the backend no longer lists, kept to recognise their late users.
    private const int MaxForgotten = 16;

    /// <summary>Takes the whole listing in: what it says of each version, and which it no longer has.</summary>
    public static void Take(Draft draft, BackendListing listing, IReadOnlyDictionary<string, ValueExam>? exams)
    {
        var labelled = false;
        for (var i = 0; i < listing.Versions.Count; i++)
        {
            var version = listing.Versions[i];
            labelled |= version.Label == VersionLabel.Current;
            var exam = exams?.GetValueOrDefault(version.Id) ?? default;
            Take(draft, version, exam);
            if (exam.RevokedBecause is { } why)
            {
                Reports.Revoke(draft, version.Id, why);
            }
        }

        for (var i = 0; i < draft.Versions.Count; i++)
        {
            var version = draft.Versions[i];
            if (!QuietListing.Has(listing.Versions, version.Id))
            {
                draft.Put(version with
                {
                    IsShown = false,
                    IsListed = version.IsListed && !listing.IsComplete,
                    Label = labelled || listing.IsComplete ? VersionLabel.None : version.Label,
                });
            }
        }

        Order(draft, listing);
        draft.State = draft.State with
        {
            Revision = listing.Revision ?? draft.State.Revision,
            ListedAt = draft.Now.Elapsed,
            IsStale = false,
        };
        ForgetOldest(draft);
    }

    private static void Take(Draft draft, BackendVersion listed, ValueExam exam)
    {
        var known = draft.Find(listed.Id);
        var tellsNothing = known is not null && QuietListing.SaysTheSame(listed, known);
        known ??= FirstSight(draft, listed.Id);

        // Once a value is at hand it is the version's value; what is listed under its id after that says nothing new.
        // Of a revoked one only the mark is taken, to know the value again under another name.
        var isRevoked = known.Stage == CredentialStage.Revoked;
        var isNews = listed.Value is not null && !known.HasValue && (!isRevoked || known.Mark is null);
        var unfit = isNews ? exam.Unfit : known.Unfit;
        var takesValue = isNews && unfit is not { IsRefused: true };
        Remark(draft, known, unfit, isNews && !isRevoked ? exam.Remark : null);
        Returns.NoteLabel(draft, known, listed.Label);
        draft.Put(tellsNothing && !isNews ? known : known with
        {
            Unfit = unfit,
            Mark = takesValue ? exam.Mark : known.Mark,
            Label = listed.Label,
            IsEnabled = listed.IsEnabled,
            IsListed = true,
            IsShown = true,
            HasValue = known.HasValue || (takesValue && !isRevoked),
            CreatedOn = listed.CreatedOn ?? known.CreatedOn,
            NotBefore = listed.NotBefore,
            ExpiresOn = listed.ExpiresOn,
        });
    }

    private static void Order(Draft draft, BackendListing listing)
    {
        if (!AgeOrder.IsKept(listing.Versions, CollectionsMarshal.AsSpan(draft.Versions)))
        {
            AgeOrder.Apply(draft, listing.Versions);
        }
    }

    private static VersionState FirstSight(Draft draft, string id)
    {
        draft.Record(FactKind.Seen, id);
        return new VersionState
        {
            Id = id,
            SeenAt = draft.Now.Elapsed,
            SeenUtc = draft.NewestDate,
            Order = draft.TakeOrder(),
            OutlivesExpiry = draft.Policy.Expiry == StoreExpiry.Informs,
        };
    }

    private static void Remark(Draft draft, VersionState known, Unfit? unfit, string? remark)
    {
        if (unfit is { IsRefused: true } && unfit != known.Unfit)
        {
            draft.Record(FactKind.NoSecret, known.Id, detail: unfit.Rule);
        }
        else if (remark is not null)
        {
            draft.Record(FactKind.WeakSecret, known.Id, detail: remark);
        }
    }

    private static void ForgetOldest(Draft draft)
    {
        if (draft.Versions.Count <= MaxForgotten)
        {
            return;
        }

        // The oldest go first, but not while their proof is open, if there are others.
        var forgettable = draft.Versions
            .Where(version => version is { Stage: CredentialStage.Retired, IsListed: false })
            .OrderBy(version => version.Proof is { IsOpen: true })
            .ToArray();
        for (var i = 0; i < forgettable.Length - MaxForgotten; i++)
        {
            draft.Forget(forgettable[i]);
            if (forgettable[i].Proof is { IsOpen: true })
            {
                draft.Record(FactKind.RetirementUnproven, forgettable[i].Id, detail: "because too many newer versions are out of service too");
            }
        }
    }
}

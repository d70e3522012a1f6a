using System.Collections.Immutable;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.EventStream;

/// <summary>Which of the lifecycle's facts are events, and of which kind.</summary>
internal static class FactEvents
{
    public static void Tell(EventFeed feed, string credential, ImmutableArray<LifecycleFact> facts, DateTimeOffset at)
    {
        if (!feed.HasReaders)
        {
            return;
        }

        foreach (var (kind, version, other, _) in facts)
        {
            if (Of(kind) is var (eventKind, reason))
            {
                feed.Tell(new CredentialEvent(eventKind, credential, at) { Reason = reason, VersionId = version, OtherVersionId = other });
            }
        }
    }

    private static (CredentialEventKind Kind, string Reason)? Of(FactKind kind) => kind switch
    {
        FactKind.Rotated => (CredentialEventKind.Rotated, string.Empty),
        FactKind.RolledBack => (CredentialEventKind.RolledBack, "store"),
        FactKind.ReturnRefused => (CredentialEventKind.RolledBack, "refused"),
        FactKind.FellBack => (CredentialEventKind.Rejected, "fallback"),
        FactKind.ProbeRejected => (CredentialEventKind.Rejected, "probe"),
        FactKind.Revoked => (CredentialEventKind.Revoked, string.Empty),
        FactKind.NoSecret => (CredentialEventKind.NoSecret, "placeholder"),
        FactKind.SameValue => (CredentialEventKind.SharedValue, "same-value"),
        FactKind.Lost => (CredentialEventKind.Unavailable, "lost"),
        _ => null,
    };
}

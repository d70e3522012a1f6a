using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Tests.Lifecycle;

/// <summary>What holds for values, whatever their versions are called. Returns the sentence that is violated, or null.</summary>
internal static class ValueInvariants
{
    public static string? Violated(CredentialState before, Transition step, IReadOnlySet<ValueMark> revoked, LifecyclePolicy policy)
    {
        var state = step.State;
        var current = state.Find(state.CurrentId);
        if (current?.Mark is { } shown && state.Versions.Any(version => version.Stage == CredentialStage.Revoked && version.Mark == shown))
        {
            return "never present a value that is revoked";
        }

        foreach (var version in state.Versions)
        {
            var isRevoked = state.Versions.Any(other => other.Stage == CredentialStage.Revoked && version.HasValueOf(other));
            if (isRevoked && version.Stage != CredentialStage.Revoked)
            {
                return $"a version with a revoked value is revoked from the start ({version.Id})";
            }

            if (version.Mark is { } mark && revoked.Contains(mark) && version.Stage == CredentialStage.Current && before.Find(version.Id) is { Stage: CredentialStage.Revoked })
            {
                return "a revoked version does not come back";
            }

            if (version.Unfit is { IsRefused: true } && (version.HasValue || version.Stage is CredentialStage.Current or CredentialStage.Previous))
            {
                return $"what is no secret is neither presented nor kept ({version.Id})";
            }

            if (version is { Stage: CredentialStage.Previous } && before.Find(version.Id)?.Stage != CredentialStage.Previous && version.HasValueOf(current) && before.CurrentId == version.Id)
            {
                return "a version with the value of the one before is no rotation";
            }

            if (version.Proof is { IsOpen: true } && state.Versions.Any(other => other.IsInService && other.HasValueOf(version)))
            {
                return "nobody is asked to refuse a value that is in service";
            }
        }

        if (policy.RefusesOldValues && current?.Mark is { } again && current.Id != before.CurrentId
            && before.Versions.Any(version => version.Mark == again && version.RetiredBecause == RetireCause.OverlapEnded)
            && !before.Versions.Any(version => version.Mark == again && version.IsInService))
        {
            return $"a value that is out of service does not come back where that is refused ({current.Id})";
        }

        var isRotation = step.Facts.Any(fact => fact.Kind is FactKind.Rotated or FactKind.RolledBack);
        if (isRotation && before.Find(before.CurrentId)?.Mark is { } old && old == current?.Mark && current.Id != before.CurrentId)
        {
            return "nothing was rotated, and a rotation is told";
        }

        if (step.Facts.FirstOrDefault(fact => fact.Kind == FactKind.FellBack) is { OtherId: { } rejected } && state.Find(rejected)?.Mark is { } refused && refused == current?.Mark)
        {
            return "a value that was rejected is not presented again under another name";
        }

        var told = step.Facts.Where(fact => fact.Kind == FactKind.SameValue).Select(fact => fact.VersionId).ToArray();
        return told.Distinct().Count() != told.Length || told.Any(id => before.Find(id)?.Mark is { } known && known == state.Find(id)?.Mark)
            ? "that a value is another one's is told once"
            : null;
    }
}

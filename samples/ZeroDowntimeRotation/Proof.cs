using Nhi.Rotation;

namespace ZeroDowntimeRotation;

/// <summary>The evidence of each rotation, and the answer: may the old key be revoked now?</summary>
internal static class Proof
{
    public static void Print(IReadOnlyList<RotationEvidence> rotations)
    {
        Console.WriteLine();
        Console.WriteLine($"{"old version",-19}  {"new version",-19}  {"promoted",-10}  {"first use",-10}  {"accepted",-10}  {"old: last",-10}  {"residual",8}  {"ended",-10}  may the old one be revoked?");
        foreach (var rotation in rotations)
        {
            var residual = rotation.Uses.Sum(use => use.ResidualInOverlap + use.ResidualRetired);
            Console.WriteLine($"{rotation.From,-19}  {rotation.To,-19}  {Time(rotation.New?.PromotedAt)}  {Time(rotation.NewFirstUse)}  {Time(rotation.New?.AcceptedAt)}  {Time(rotation.OldLastUse)}  {residual,8:N0}  {Time(rotation.Old.RevokedAt ?? rotation.Old.RetiredAt)}  {rotation.Verdict.Kind}");
        }

        foreach (var rotation in rotations.Where(rotation => rotation.Verdict.Kind is not (VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)))
        {
            Console.WriteLine();
            Console.WriteLine($"{rotation.From}: {rotation.Verdict.Kind}");
            foreach (var reason in rotation.Verdict.Reasons)
            {
                Console.WriteLine($"  {reason}");
            }
        }
    }

    /// <summary>Whether the one consumer that captured the key is named, and nobody else.</summary>
    public static bool NamesTheStuckOne(IReadOnlyList<RotationEvidence> rotations) =>
        rotations is [{ Verdict: { Kind: VerdictKind.StillUsed, Users: var users, Unproven: var unproven } }]
        && users.Any(user => user.Consumer == NightlyReport.Consumer)
        && unproven is [{ Consumer: NightlyReport.Consumer }];

    private static string Time(DateTimeOffset? at) => $"{at:HH:mm:ss.f}".PadRight(10);
}

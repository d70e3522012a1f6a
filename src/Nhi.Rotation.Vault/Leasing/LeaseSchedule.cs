namespace Nhi.Rotation.Vault.Leasing;

/// <summary>When a lease is renewed or replaced. Pure.</summary>
internal static class LeaseSchedule
{
    // The engine asks at two thirds of what a version has, or by chance up to a tenth of that earlier.
    private const double Turn = 0.6;

    // Vault counts whole seconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    public static LeaseStep Next(VaultLease lease, DateTimeOffset now) =>
        lease.IsOrphan ? LeaseStep.Replace
        : now < lease.GrantedOn + ((lease.ExpiresOn - lease.GrantedOn) * Turn) ? LeaseStep.Keep
        : lease is { IsRenewable: true, LeaseId: not null } ? LeaseStep.Renew
        : LeaseStep.Replace;

    /// <summary>Whether a renewal gave less than a whole lease: its maximum life comes near, and the next renewal would give nothing.</summary>
    public static bool IsLast(TimeSpan granted, TimeSpan wanted) => granted < wanted - (Rounding < wanted / 4 ? Rounding : wanted / 4);
}

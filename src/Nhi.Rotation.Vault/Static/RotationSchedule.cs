namespace Nhi.Rotation.Vault.Static;

/// <summary>When Vault is asked about a static role. Pure.</summary>
internal static class RotationSchedule
{
    // Vault says whole seconds, and rotates a moment after the time has come.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(30);

    /// <summary>How long to wait.</summary>
    /// <param name="left">Until the rotation, as Vault says.</param>
    /// <param name="late">How often in a row it said that the time is over, or told what is refused, and had not rotated: whatever the role is for may be out of its reach.</param>
    public static TimeSpan Wait(TimeSpan left, int late)
    {
        if (left > TimeSpan.Zero)
        {
            return left < Farthest ? left + Margin : Farthest;
        }

        var pause = TimeSpan.FromSeconds(1 << Math.Min(late - 1, 10));
        return pause < Longest ? pause : Longest;
    }
}

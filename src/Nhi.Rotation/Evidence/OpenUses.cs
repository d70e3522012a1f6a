using System.Diagnostics;

namespace Nhi.Rotation.Evidence;

/// <summary>Uses that go on, such as open connections.</summary>
internal static class OpenUses
{
    /// <summary>What goes on is used now; it is told only when it changes, or a connection would write a line with each sweep. Called while nothing changes.</summary>
    /// <param name="slots">All uses.</param>
    /// <param name="set">By how much the clock was set.</param>
    /// <param name="moved">The uses that were counted since the last sweep; takes in those that have news and go on.</param>
    /// <param name="closed">Takes in those that have news and have ended.</param>
    /// <param name="now">When.</param>
    public static void Sweep(UseSlots<UseRecord> slots, TimeSpan set, List<UseRecord> moved, List<UseRecord> closed, DateTimeOffset now)
    {
        Debug.Assert(slots.Gate.IsHeldByCurrentThread);
        if (slots.Open.Count == 0)
        {
            return;
        }

        var counted = moved.ToHashSet();
        foreach (var use in slots.Open)
        {
            var isNews = use.IsNews();
            if (counted.Contains(use))
            {
                continue;
            }

            if (isNews)
            {
                (use.Open > 0 ? moved : closed).Add(use);
            }
            else
            {
                use.Stamp(now - set);
            }
        }

        slots.Unwatch(static use => use.Open == 0);
    }
}

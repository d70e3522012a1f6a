using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>An instance, and whether it is still there.</summary>
/// <param name="Evidence">What its chain says.</param>
/// <param name="IsOver">Whether it stopped in good order or is gone: it can use nothing any more.</param>
/// <param name="AsOf">Up to when its evidence reaches.</param>
/// <param name="Gap">Why the last line of an instance that may run says too little of now.</param>
/// <param name="GoneBecause">Why it is gone, if it is and did not say so itself.</param>
/// <param name="Note">What explains a verdict besides: why it is not gone though a list of what runs does not have it, or that its clock is ahead.</param>
internal sealed record Presence(InstanceEvidence Evidence, bool IsOver, DateTimeOffset AsOf, string? Gap, string? GoneBecause, string? Note)
{
    // A running instance writes a line a minute: one with a younger line may only be newer than the list.
    private static readonly TimeSpan LineInterval = TimeSpan.FromMinutes(1);

    /// <summary>Killed: it may have lost what came last.</summary>
    public bool IsGone => IsOver && !Evidence.IsClosed;

    public static Presence Of(InstanceEvidence instance, FleetQuestion question)
    {
        var because = instance.IsClosed ? null : WhyGone(instance, question);
        var isOver = instance.IsClosed || because is not null;
        var gap = isOver ? null : GapOf(instance, question);
        var note = isOver ? AheadOf(instance, question) : AbsenceOf(instance, question);
        return new Presence(instance, isOver, isOver ? question.Now : instance.LastAt ?? DateTimeOffset.MinValue, gap is null ? null : note ?? gap, because, note);
    }

    private static string? WhyGone(InstanceEvidence instance, FleetQuestion question)
    {
        var silence = question.Now - instance.LastAt;
        return question.Gone.Contains(instance.Instance) ? "said to be gone"
            : question.Alive is { } alive && (question.AliveAt ?? question.Now) - instance.LastAt >= LineInterval && instance.HasName && !instance.IsNamedIn(alive) ? "not among those that run"
            : silence >= question.GoneAfter ? $"without a line since {VerdictWords.Time(instance.LastAt)}"
            : null;
    }

    private static string? AbsenceOf(InstanceEvidence instance, FleetQuestion question) =>
        question.Alive is { } alive && instance.HasName && !instance.IsNamedIn(alive)
            ? $"It is not in the list of what runs, but its last line is of {VerdictWords.Time(instance.LastAt)}, and the list of {VerdictWords.Time(question.AliveAt ?? question.Now)}: less than a minute later, or earlier. Make a new list."
            : null;

    private static string? GapOf(InstanceEvidence instance, FleetQuestion question)
    {
        if (instance.LastAt is not { } last)
        {
            return "Its file has no line that says anything.";
        }

        var age = question.Now - last;
        var time = VerdictWords.Time(last);
        return age > question.MaxAge ? $"Its evidence ends at {time} without a closing line: it died, hangs or cannot write, its clock is behind, or the end is missing. If it is gone, say --gone {instance.Instance}."
            : AheadOf(instance, question);
    }

    private static string? AheadOf(InstanceEvidence instance, FleetQuestion question) => instance.LastAt - question.Now > question.MaxAge
        ? $"Its evidence reaches to {VerdictWords.Time(instance.LastAt)}, which is yet to come: its clock is ahead, or this one's is behind."
        : null;
}

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What is wrong with a place in a file.</summary>
public enum FindingKind
{
    /// <summary>No closing line: the instance runs, was killed, or the end was cut off. Evidence reaches up to the last line.</summary>
    Unclosed,

    /// <summary>The last line is incomplete, as after a kill in the middle of a write.</summary>
    Torn,

    /// <summary>The instance itself says that evidence was lost.</summary>
    Lost,

    /// <summary>A newer format, or not an evidence file.</summary>
    Unreadable,

    /// <summary>A line was edited, removed, moved, repeated or put in.</summary>
    Tampered,

    /// <summary>The wall clock was set back between two lines. Quiet is measured by the time that passed, where the lines tell it.</summary>
    SetBack,
}

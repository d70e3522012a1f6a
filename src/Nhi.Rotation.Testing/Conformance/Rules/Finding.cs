namespace Nhi.Rotation.Testing;

/// <summary>What a rule's check found, before values are taken out of the message.</summary>
internal readonly record struct Finding(ConformanceVerdict Verdict, string? Message)
{
    public static Finding Passed => new(ConformanceVerdict.Passed, Message: null);

    public static Finding Failed(string message) => new(ConformanceVerdict.Failed, message);

    public static Finding NotApplicable(string message) => new(ConformanceVerdict.NotApplicable, message);
}

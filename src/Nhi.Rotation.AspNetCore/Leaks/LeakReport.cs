namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>A value that turned up. No record: nothing must ever write it out.</summary>
internal sealed class LeakReport
{
    /// <summary>The value, as both formats call it. What else a report says is not needed, and an address may contain the value.</summary>
    public string? Token { get; init; }
}

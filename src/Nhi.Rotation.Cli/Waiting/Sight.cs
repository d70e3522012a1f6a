namespace Nhi.Rotation.Cli.Waiting;

/// <summary>What one look showed.</summary>
/// <param name="State">What follows from it.</param>
/// <param name="Lines">What is waited for, or what it came to: a line each, the worst first.</param>
/// <param name="Key">Equal for two looks between which nothing changed that is worth a line.</param>
internal sealed record Sight(SightState State, IReadOnlyList<string> Lines, string Key)
{
    /// <summary>Nothing was seen, and why.</summary>
    public static Sight Nothing(string problem, SightState state) => new(state, [problem], problem);
}

namespace Nhi.Rotation.Cli;

/// <summary>Who is there and who is not.</summary>
/// <param name="Gone">Instances that are known to be gone.</param>
/// <param name="Alive">What runs, if that is known.</param>
/// <param name="AliveAt">When that was known.</param>
/// <param name="GoneAfter">After how long a silence an instance is gone.</param>
/// <param name="Expected">Of which apps so many instances should be running.</param>
internal sealed record RollCall(IReadOnlyCollection<string> Gone, IReadOnlySet<string>? Alive, DateTimeOffset? AliveAt, TimeSpan? GoneAfter, IReadOnlyDictionary<string, int> Expected);

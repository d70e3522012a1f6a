namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Who writes. Nothing of it names a machine.</summary>
/// <param name="App">The application's name.</param>
/// <param name="Instance">This run of it: random.</param>
/// <param name="Library">The library's version.</param>
/// <param name="StartedAt">When it started.</param>
internal sealed record JournalIdentity(string App, string Instance, string Library, DateTimeOffset StartedAt);

namespace Nhi.Rotation;

/// <summary>One sealed line of evidence: a JSON object that names credentials, versions and consumers, and never holds a value.</summary>
/// <param name="App">The app that writes it.</param>
/// <param name="Instance">The chain it belongs to: 16 hexadecimal digits, of one run of the app at one store.</param>
/// <param name="Number">Its place in that chain, from 1.</param>
/// <param name="At">When it was written, by the clock of the app.</param>
/// <param name="Text">The line, without a line end. A store keeps it character for character: one that changes breaks its seal.</param>
public sealed record EvidenceLine(string App, string Instance, long Number, DateTimeOffset At, string Text);

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>A chain as an earlier report knew it: it can only have grown.</summary>
/// <param name="App">The application.</param>
/// <param name="Instance">The instance.</param>
/// <param name="Lines">How many lines there were.</param>
/// <param name="Head">The hash of the last of them.</param>
public sealed record EarlierChain(string App, string Instance, int Lines, string Head);

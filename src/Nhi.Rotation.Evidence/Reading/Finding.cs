namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Something wrong, and where.</summary>
/// <param name="Kind">What.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What it means.</param>
public sealed record Finding(FindingKind Kind, string File, int Line, string Message);

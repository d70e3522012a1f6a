namespace Nhi.Rotation.Cli.Hunting;

/// <summary>A copy of a value.</summary>
/// <param name="Value">What the operator called the value.</param>
/// <param name="Place">The process or the file.</param>
/// <param name="Where">Where in it: a variable, a line, the path of objects that holds it.</param>
/// <param name="Kind">In what it stands.</param>
/// <param name="Form">How it is written there.</param>
/// <param name="IsGarbage">Whether nothing holds it: it is gone with the next garbage collection.</param>
internal sealed record Hit(string Value, string Place, string Where, string Kind, string Form, bool IsGarbage = false);

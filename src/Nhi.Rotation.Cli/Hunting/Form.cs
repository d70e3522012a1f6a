namespace Nhi.Rotation.Cli.Hunting;

/// <summary>One way in which a value may be written down.</summary>
/// <param name="Value">What the operator called the value: the name of its file.</param>
/// <param name="Name">The way, as it is told.</param>
/// <param name="Bytes">What to look for.</param>
/// <param name="Around">What must stand around it; none if it is all.</param>
internal sealed record Form(string Value, string Name, byte[] Bytes, Escapes? Around = null)
{
    public override string ToString() => $"{Value} as {Name}";
}

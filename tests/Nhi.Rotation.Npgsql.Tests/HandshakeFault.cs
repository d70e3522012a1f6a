namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>What goes wrong in a login.</summary>
internal enum HandshakeFaultKind
{
    /// <summary>The connection is closed.</summary>
    Close,

    /// <summary>Nothing more comes.</summary>
    Stall,

    /// <summary>A bit is wrong.</summary>
    Lie,
}

/// <summary>Where it goes wrong: the number of the server's bytes before it.</summary>
internal sealed record HandshakeFault(HandshakeFaultKind Kind, int At);

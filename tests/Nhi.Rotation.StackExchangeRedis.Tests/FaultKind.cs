namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>What a proxy does to the answers of a server.</summary>
internal enum FaultKind
{
    /// <summary>It closes the connection.</summary>
    Closes,

    /// <summary>It says no more.</summary>
    Stalls,

    /// <summary>It changes one bit.</summary>
    Lies,

    /// <summary>It answers in words of its own.</summary>
    Words,
}

namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>What the connection string says of how long connections live.</summary>
/// <param name="IsPooling">Whether a connection that is closed stays in the pool.</param>
/// <param name="Enlists">Whether a connection becomes part of the ambient transaction.</param>
/// <param name="MaxSessions">The most physical connections that one pool can have.</param>
internal sealed record BookLimits(bool IsPooling, bool Enlists, int MaxSessions);

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>A server's answer, and the type of the error that it came with: never its text, which may quote what was sent.</summary>
internal readonly record struct AuthReply(AuthAnswer Answer, string? ErrorType = null);

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>What the handshake of a connection presented. An object, as it is read while another thread ends it.</summary>
/// <param name="Login">The version, and what was tried before it.</param>
/// <param name="At">When, by the clock's timestamps.</param>
internal sealed record Handshake(Presented<string> Login, long At);

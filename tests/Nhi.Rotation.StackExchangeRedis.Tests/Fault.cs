namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>What a proxy does to the answers of a server.</summary>
/// <param name="Kind">What.</param>
/// <param name="AtByte">After how many bytes of them.</param>
/// <param name="Words">The answer to each command, for <see cref="FaultKind.Words"/>.</param>
internal sealed record Fault(FaultKind Kind, int AtByte = 0, string Words = "");

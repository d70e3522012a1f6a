namespace RotatingApi;

/// <summary>What a service tells the demonstration.</summary>
/// <param name="Version">The current version of the shop's key, as this service sees it.</param>
/// <param name="Certificate">The current version of this service's certificate.</param>
/// <param name="OldKeys">How many older versions of the shop's key are in service.</param>
/// <param name="OldConnections">Connections to it that were opened with a replaced certificate.</param>
/// <param name="Requests">Requests that its load has finished.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Refusals">Requests to it that it refused with 401.</param>
/// <param name="Warnings">Answers to it that called its key old.</param>
/// <param name="Error">The first failure.</param>
internal sealed record State(string Version, string Certificate, int OldKeys, int OldConnections, long Requests, long Failures, long Refusals, long Warnings, string? Error);

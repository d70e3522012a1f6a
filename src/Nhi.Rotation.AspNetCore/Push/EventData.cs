namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>What is read of an event's data. Names are compared without regard to case: the service writes <c>Id</c> and <c>EXP</c>, its documentation also <c>id</c>.</summary>
/// <param name="Id">The address of the version.</param>
/// <param name="Exp">When it expires, in seconds since 1970; a number or text.</param>
/// <param name="ValidationCode">Of a handshake: what to answer.</param>
internal sealed record EventData(string? Id, long? Exp, string? ValidationCode);

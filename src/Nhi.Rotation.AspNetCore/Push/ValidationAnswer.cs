namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>The answer to Event Grid's handshake.</summary>
internal sealed record ValidationAnswer(string ValidationResponse);

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>A body that endpoints bind.</summary>
public sealed record HookMessage(string Text);

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>A message as it went out.</summary>
internal sealed record Sent(string Scheme, string Body, Dictionary<string, string> Headers);

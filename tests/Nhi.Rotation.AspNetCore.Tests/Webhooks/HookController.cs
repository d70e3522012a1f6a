using Microsoft.AspNetCore.Mvc;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>A controller's endpoint, which the tests protect.</summary>
[ApiController]
public sealed class HookController : ControllerBase
{
    [HttpPost("/controller")]
    public string Post(HookMessage message) => message.Text;
}

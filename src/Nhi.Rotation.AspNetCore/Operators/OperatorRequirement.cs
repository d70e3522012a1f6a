using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.AspNetCore.ApiKeys;

namespace Nhi.Rotation.AspNetCore.Operators;

/// <summary>Somebody who is signed in, and not by an API key: those are the other side's. Added to what the endpoint asks for anyway.</summary>
internal sealed class OperatorRequirement : AuthorizationHandler<OperatorRequirement>, IAuthorizationRequirement, IAuthorizationRequirementData
{
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OperatorRequirement requirement)
    {
        if (context.User.Identities.Any(identity => identity.IsAuthenticated) && !AcceptedApiKey.IsIn(context.User, context.Resource as HttpContext))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

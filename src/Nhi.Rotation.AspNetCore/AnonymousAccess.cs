using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Anonymous access that is said of a group switches off every policy in it. Where a policy is the lock, that must not happen in passing.</summary>
internal static class AnonymousAccess
{
    /// <summary>Takes back what was said of an endpoint before a place in its metadata.</summary>
    public static void Remove(EndpointBuilder endpoint, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (endpoint.Metadata[i] is IAllowAnonymous)
            {
                endpoint.Metadata.RemoveAt(i);
            }
        }
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Builds the endpoints before the server listens. Routing would do it at the first request, and what cannot be built would fail there.</summary>
internal sealed class EndpointsAtStart : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        _ = app.ApplicationServices.GetService<EndpointDataSource>()?.Endpoints;
    };
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Nhi.Rotation.AspNetCore.Tls;

/// <summary>Lets a connection whose time has come be closed by the answer to a request, which no client can miss.</summary>
internal sealed class DrainFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static next => context =>
        {
            context.Features.Get<CertifiedConnection>()?.OnRequest();
            return next(context);
        });
        next(app);
    };
}

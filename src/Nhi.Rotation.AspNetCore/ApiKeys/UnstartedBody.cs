using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Writes a response's body without starting the response, so that whoever comes next can still set status and headers.</summary>
internal static class UnstartedBody
{
    public static async Task WriteAsync(HttpContext context, Func<HttpContext, ValueTask> write)
    {
        var real = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var memory = new MemoryStream();
        var held = new StreamResponseBodyFeature(memory);
        context.Features.Set<IHttpResponseBodyFeature>(held);
        try
        {
            await write(context).ConfigureAwait(false);
            await held.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            context.Features.Set(real);
        }

        // Not flushed: the server sends it with the headers, at the end.
        real.Writer.Write(memory.GetBuffer().AsSpan(0, (int)memory.Length));
    }
}

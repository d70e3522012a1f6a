using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>Something that goes wrong with an authenticated request, instead of its answer or before it.</summary>
/// <param name="Apply">Returns whether the request is answered.</param>
public sealed record Fault(Func<HttpContext, Task<bool>> Apply)
{
    /// <summary>Put into everything that a client could be tempted to show.</summary>
    public const string Canary = "c4n4ry-in-the-body";

    public static Fault Status(int status, string? innerCode = null, string? retryAfter = null, string? code = null) => new(async context =>
    {
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        await VaultErrors.WriteAsync(context, status, code ?? VaultErrors.CodeOf(status), $"{Canary} is part of the message.", innerCode);
        return true;
    });

    public static Fault Body(string body, string contentType = "application/json", int status = 200) => new(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(body, context.RequestAborted);
        return true;
    });

    public static Fault MalformedJson => Body($$"""{"value":[{"id":"{{Canary}}" """);

    public static Fault WrongShape => Body($$"""{"value":"{{Canary}}"}""");

    public static Fault HtmlPage => Body($"<html>{Canary}</html>", "text/html");

    /// <summary>Announces more bytes than it sends; Kestrel then closes the connection.</summary>
    public static Fault TruncatedBody => new(async context =>
    {
        await StartBodyAsync(context);
        return true;
    });

    /// <summary>The connection breaks in the middle of the body.</summary>
    public static Fault ResetBody => new(async context =>
    {
        await StartBodyAsync(context);
        context.Abort();
        return true;
    });

    /// <summary>Sends the first bytes and never the rest.</summary>
    public static Fault EndlessBody => new(async context =>
    {
        await StartBodyAsync(context);
        await Forever(context);
        return true;
    });

    public static Fault NoAnswer => new(async context =>
    {
        await Forever(context);
        return true;
    });

    public static Fault Reset => new(context =>
    {
        context.Abort();
        return Task.FromResult(true);
    });

    /// <summary>Answers as usual once the gate opens.</summary>
    public static Fault WaitFor(Task gate) => new(async context =>
    {
        await gate.WaitAsync(context.RequestAborted);
        return false;
    });

    /// <summary>Runs before the usual answer.</summary>
    public static Fault Before(Action<HttpContext> action) => new(context =>
    {
        action(context);
        return Task.FromResult(false);
    });

    private static async Task StartBodyAsync(HttpContext context)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["value"] = Canary }.ToJsonString());
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length + 1000;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task Forever(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
    }
}

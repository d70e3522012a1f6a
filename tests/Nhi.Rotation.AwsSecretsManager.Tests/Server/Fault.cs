using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>A way to answer wrongly.</summary>
internal sealed class Fault(Func<HttpContext, Task> answer)
{
    public const string Canary = "CANARY-a81f0c55-never-shown";

    public Task AnswerAsync(HttpContext context) => answer(context);

    public static Fault Error(string type, string message = Canary, int status = 400) =>
        Raw(status, $$"""{"__type":"{{type}}","Message":"{{message}}"}""");

    public static Fault Throttle(string? header = null, string? value = null) => new(context =>
    {
        if (header is not null)
        {
            context.Response.Headers[header] = value;
        }

        return Error("ThrottlingException", $"Rate exceeded {Canary}").AnswerAsync(context);
    });

    public static Fault Raw(int status, string body) => new(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        await context.Response.WriteAsync(body, context.RequestAborted);
    });

    /// <summary>Half a JSON text, and the connection stays whole.</summary>
    public static Fault Malformed => Raw(200, $$"""{"ARN":"arn:x","SecretString":"{{Canary}}" "VersionId" [""");

    /// <summary>Fewer bytes than announced.</summary>
    public static Fault Truncated => new(async context =>
    {
        context.Response.ContentType = "application/x-amz-json-1.1";
        context.Response.ContentLength = 4096;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($$"""{"SecretString":"{{Canary}}"""), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    });

    /// <summary>Starts a body and never ends it.</summary>
    public static Fault SlowBody => new(async context =>
    {
        context.Response.ContentType = "application/x-amz-json-1.1";
        await context.Response.Body.WriteAsync("{\"ARN\":"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await UntilAborted(context);
    });

    /// <summary>Never answers.</summary>
    public static Fault Silence => new(UntilAborted);

    public static Fault Reset => new(context =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    private static async Task UntilAborted(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>Error bodies in the service's form: <c>{"error":{"code","message","innererror":{"code"}}}</c>.</summary>
internal static class VaultErrors
{
    public static string CodeOf(int status) => status switch
    {
        400 => "BadParameter",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "SecretNotFound",
        409 => "Conflict",
        429 => "Throttled",
        503 => "ServiceUnavailable",
        _ => "InternalServerError",
    };

    public static Task NotFoundAsync(HttpContext context, string name) =>
        WriteAsync(context, 404, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.");

    public static Task DisabledAsync(HttpContext context) =>
        WriteAsync(context, 403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");

    public static async Task WriteAsync(HttpContext context, int status, string code, string message, string? innerCode = null)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (innerCode is not null)
        {
            error["innererror"] = new JsonObject { ["code"] = innerCode };
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(new JsonObject { ["error"] = error }.ToJsonString(), context.RequestAborted);
    }
}

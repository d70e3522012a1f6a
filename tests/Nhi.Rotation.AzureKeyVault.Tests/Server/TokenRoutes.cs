using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>The identity service's token endpoint, for clients that bring a client secret.</summary>
internal sealed class TokenRoutes(KeyVaultServer server)
{
    public void Map(WebApplication app) => app.MapPost("/{tenant}/oauth2/v2.0/token", TokenAsync);

    private async Task TokenAsync(HttpContext context)
    {
        server.Calls.Count(VaultOperation.Token);
        if (server.Faults.Next(VaultOperation.Token) is { } fault && await fault.Apply(context))
        {
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if ((string?)context.Request.RouteValues["tenant"] != server.Tenant.Id.ToString())
        {
            await RefuseAsync(context, "invalid_request", "AADSTS90002: Tenant not found.");
        }
        else if (form["client_id"] != EntraTenant.ClientId || form["client_secret"] != EntraTenant.ClientSecret)
        {
            await RefuseAsync(context, "invalid_client", $"AADSTS7000215: Invalid client secret provided. {Fault.Canary}");
        }
        else
        {
            var scope = form["scope"].ToString().Split(' ')[0];
            var (token, expires) = server.Tenant.Issue(scope.Replace("/.default", string.Empty, StringComparison.Ordinal));
            var seconds = (int)(expires - server.Time.GetUtcNow()).TotalSeconds;
            await WriteAsync(context, 200, new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = seconds, ["ext_expires_in"] = seconds, ["access_token"] = token });
        }
    }

    private static Task RefuseAsync(HttpContext context, string error, string description) =>
        WriteAsync(context, 401, new JsonObject
        {
            ["error"] = error,
            ["error_description"] = description,
            ["error_codes"] = new JsonArray(int.Parse(description.AsSpan(6, description.IndexOf(':', StringComparison.Ordinal) - 6), CultureInfo.InvariantCulture)),
        });

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}

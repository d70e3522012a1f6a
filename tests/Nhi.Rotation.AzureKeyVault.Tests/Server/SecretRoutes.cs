using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>The data plane's operations on secrets.</summary>
internal sealed class SecretRoutes(KeyVaultServer server)
{
    private const int MaxPageSize = 25;

    private VaultStore Store => server.Store;

    public void Map(WebApplication app)
    {
        Map(app, "GET", "/secrets", VaultOperation.ListSecrets, context => ListAsync(context, deleted: false));
        Map(app, "GET", "/secrets/{name}/versions", VaultOperation.ListVersions, ListVersionsAsync);
        Map(app, "GET", "/secrets/{name}/{version?}", VaultOperation.GetSecret, GetAsync);
        Map(app, "PUT", "/secrets/{name}", VaultOperation.SetSecret, SetAsync);
        Map(app, "PATCH", "/secrets/{name}/{version}", VaultOperation.UpdateSecret, UpdateAsync);
        Map(app, "DELETE", "/secrets/{name}", VaultOperation.DeleteSecret, DeleteAsync);
        Map(app, "GET", "/deletedsecrets", VaultOperation.ListDeleted, context => ListAsync(context, deleted: true));
        Map(app, "GET", "/deletedsecrets/{name}", VaultOperation.GetDeleted, GetDeletedAsync);
        Map(app, "POST", "/deletedsecrets/{name}/recover", VaultOperation.RecoverDeleted, RecoverAsync);
        Map(app, "DELETE", "/deletedsecrets/{name}", VaultOperation.PurgeDeleted, PurgeAsync);
    }

    private void Map(WebApplication app, string method, string pattern, VaultOperation operation, Func<HttpContext, Task> handle) =>
        app.MapMethods(pattern, [method], context => server.HandleAsync(context, operation, () => handle(context)));

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static Uri Vault(HttpContext context) => new($"https://{context.Request.Host}/");

    private Task ListAsync(HttpContext context, bool deleted)
    {
        var items = Store.Names(deleted).Select(name => (Name: name, Version: Store.Versions(name, deleted)[^1]))
            .Select(secret => deleted ? SecretJson.Deleted(Vault(context), secret.Name, secret.Version) : SecretJson.Item(Vault(context), secret.Name, secret.Version));
        return WritePageAsync(context, items.ToArray());
    }

    // In the order of the ids, which are random: the service promises none. A secret it does not have is an empty list.
    private Task ListVersionsAsync(HttpContext context)
    {
        var name = Name(context);
        var items = Store.Versions(name).OrderBy(version => version.Id, StringComparer.Ordinal).Select(version => SecretJson.Item(Vault(context), name, version));
        return WritePageAsync(context, items.ToArray());
    }

    private async Task GetAsync(HttpContext context)
    {
        var name = Name(context);
        var id = (string?)context.Request.RouteValues["version"];
        var versions = Store.Versions(name);
        var version = string.IsNullOrEmpty(id) ? versions.LastOrDefault() : versions.FirstOrDefault(version => version.Id == id);
        if (version is null || Store.IsHidden(version.Id))
        {
            await VaultErrors.NotFoundAsync(context, name);
            return;
        }

        server.Calls.CountGet(version.Id);
        await (version.Enabled ? WriteAsync(context, SecretJson.Bundle(Vault(context), name, version)) : VaultErrors.DisabledAsync(context));
    }

    private async Task SetAsync(HttpContext context)
    {
        var name = Name(context);
        if (await JsonNode.ParseAsync(context.Request.Body) is not { } body || body["value"] is null)
        {
            await VaultErrors.WriteAsync(context, 400, "BadParameter", "Property value is missing.");
            return;
        }

        if (Store.IsDeleted(name))
        {
            await VaultErrors.WriteAsync(context, 409, "Conflict", $"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused.", "ObjectIsDeletedButRecoverable");
            return;
        }

        var version = Store.Set(name, (string)body["value"]!, made => SecretJson.Apply(made, body));
        await WriteAsync(context, SecretJson.Bundle(Vault(context), name, version));
    }

    private async Task UpdateAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var version = Store.Update(Name(context), (string)context.Request.RouteValues["version"]!, old => SecretJson.Apply(old, body));
        await (version is null ? VaultErrors.NotFoundAsync(context, Name(context)) : WriteAsync(context, SecretJson.Item(Vault(context), Name(context), version)));
    }

    private Task DeleteAsync(HttpContext context)
    {
        var name = Name(context);
        return Store.Delete(name)
            ? WriteAsync(context, SecretJson.Deleted(Vault(context), name, Store.Versions(name, deleted: true)[^1]))
            : VaultErrors.NotFoundAsync(context, name);
    }

    private Task GetDeletedAsync(HttpContext context)
    {
        var name = Name(context);
        return Store.Versions(name, deleted: true) is [.., var version]
            ? WriteAsync(context, SecretJson.Deleted(Vault(context), name, version))
            : VaultErrors.NotFoundAsync(context, name);
    }

    private Task RecoverAsync(HttpContext context)
    {
        var name = Name(context);
        return Store.Recover(name)
            ? WriteAsync(context, SecretJson.Item(Vault(context), name, Store.Versions(name)[^1]))
            : VaultErrors.NotFoundAsync(context, name);
    }

    private Task PurgeAsync(HttpContext context)
    {
        if (!Store.Purge(Name(context)))
        {
            return VaultErrors.NotFoundAsync(context, Name(context));
        }

        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static Task WritePageAsync(HttpContext context, JsonObject[] items)
    {
        var query = context.Request.Query;
        if (!int.TryParse(query["maxresults"].FirstOrDefault() ?? "25", NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > MaxPageSize)
        {
            return VaultErrors.WriteAsync(context, 400, "BadParameter", "The maxresults parameter must be between 1 and 25.");
        }

        var offset = query["$skiptoken"].FirstOrDefault() is { } token
            ? int.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(token)), CultureInfo.InvariantCulture)
            : 0;
        var next = offset + size;
        var skip = Convert.ToBase64String(Encoding.UTF8.GetBytes(next.ToString(CultureInfo.InvariantCulture)));
        var host = context.Request.Host.Port is null ? $"{context.Request.Host}:443" : context.Request.Host.Value;
        return WriteAsync(context, new JsonObject
        {
            ["value"] = new JsonArray([.. items.Skip(offset).Take(size)]),
            ["nextLink"] = next < items.Length
                ? $"https://{host}{context.Request.Path}?api-version={query["api-version"]}&$skiptoken={Uri.EscapeDataString(skip)}&maxresults={size}"
                : null,
        });
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}

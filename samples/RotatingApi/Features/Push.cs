using Microsoft.AspNetCore.Builder;

namespace RotatingApi.Features;

/// <summary>Where Key Vault's events would arrive, so that a rotation there is heard of at once: docs/push.md. The demonstration has no vault, and files tell themselves.</summary>
internal static class Push
{
    public const string Key = "event-key";

    public static void MapPush(this WebApplication app) => app.MapKeyVaultEvents("/events/keyvault", static options => options.KeyCredential = Key);
}

using Microsoft.AspNetCore.Builder;

namespace RotatingApi.Features;

/// <summary>The status page, for whoever has a key: docs/status-page.md.</summary>
internal static class StatusPage
{
    public static void MapStatus(this WebApplication app) => app.MapRotationStatus("/rotation");
}

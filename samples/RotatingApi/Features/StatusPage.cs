using Microsoft.AspNetCore.Builder;

namespace RotatingApi.Features;

/// <summary>The status page: docs/status-page.md. The keys are the peer's, so the app has to say who its operators are; in the demonstration nobody is.</summary>
internal static class StatusPage
{
    public static void MapStatus(this WebApplication app) => app.MapRotationStatus("/rotation").RequireAuthorization(policy => policy.RequireRole("operator"));
}

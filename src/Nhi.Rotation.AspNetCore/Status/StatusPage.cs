using System.Globalization;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>The report as one HTML page: complete without script, which only keeps it up to date. Every text is encoded, and every list has an end.</summary>
internal static class StatusPage
{
    private static readonly string Style = Asset("status.css");
    private static readonly string Script = Asset("status.js");

    /// <param name="report">What to show.</param>
    /// <param name="asked">The credential that was asked for, or <see langword="null"/> for all.</param>
    /// <param name="nonce">Allows the page's own style and script under its content security policy.</param>
    public static string Render(StatusReport report, string? asked, string nonce)
    {
        var page = new StringBuilder(16 * 1024);
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Credentials: {report.Health}</title>
            <noscript><meta http-equiv="refresh" content="10"></noscript>
            <style nonce="{nonce}">{Style}</style>
            </head>
            <body>
            <p id="lost" role="alert" hidden>This is old: the app does not answer, or you are signed out. Reload the page.</p>
            <div id="page">
            <header>
            <h1>Credentials <span class="badge {report.Health}">{report.Health}</span></h1>
            <p class="soft">{Count(report)} As of {PageText.Time(report.AsOf)}.</p>

            """);
        AppendAsked(page, report, asked);
        page.Append("</header>\n<main>\n");
        for (var i = 0; i < report.Credentials.Count; i++)
        {
            CredentialCard.Append(page, report.Credentials[i], $"c{i}", report.AsOf, asked is null ? PageLimits.OneOfMany : PageLimits.Alone);
        }

        AppendRest(page, report);
        page.Append(CultureInfo.InvariantCulture, $"""
            </main>
            </div>
            <script nonce="{nonce}">{Script}</script>
            </body>
            </html>

            """);
        return page.ToString();
    }

    private static void AppendAsked(StringBuilder page, StatusReport report, string? asked)
    {
        if (asked is not null)
        {
            page.Append(report.Credentials.Count == 0 ? $"<p>No credential is named <code>{PageText.Name(asked)}</code>. <a href=\"?\">Show all</a></p>\n" : "<p><a href=\"?\">Show all</a></p>\n");
        }
    }

    private static void AppendRest(StringBuilder page, StatusReport report)
    {
        if (report.Rest.Count == 0)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"rest\">\n<h2 id=\"rest\">").Append(report.Credentials.Count == 0 ? "None needs attention" : "Others").Append("</h2>\n<table class=\"rest\"><thead><tr><th scope=\"col\">credential</th><th scope=\"col\">health</th><th scope=\"col\">owner</th><th scope=\"col\">current version</th><th scope=\"col\">old versions</th></tr></thead><tbody>\n");
        foreach (var credential in report.Rest)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><th scope="row">{PageText.Link(credential.Name)}</th><td data-label="health" class="{credential.Health}">{credential.Health}</td><td data-label="owner">{PageText.Name(credential.Owner ?? "unknown")}</td><td data-label="current version"><code>{PageText.Name(credential.CurrentVersion ?? "none")}</code></td><td data-label="old versions" class="{credential.Verdict}">{credential.Verdict?.ToString() ?? "none"}</td></tr>

                """);
        }

        page.Append("</tbody></table>\n");
        var shown = report.Credentials.Count + report.Rest.Count;
        if (shown < report.Total)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">{report.Total - shown:N0} more are not shown; add <code>?credential=NAME</code> to the address, or ask for JSON.</p>\n");
        }

        page.Append("</section>\n");
    }

    private static string Count(StatusReport report) => string.Create(
        CultureInfo.InvariantCulture, $"{report.Total:N0} registered: {report.Unhealthy:N0} unhealthy, {report.Degraded:N0} degraded, {report.Total - report.Unhealthy - report.Degraded:N0} healthy.");

    private static string Asset(string name)
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

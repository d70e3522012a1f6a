using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>The report as one HTML page: complete without script, which only keeps it up to date. Every text is encoded.</summary>
internal static class StatusPage
{
    private static readonly string Style = Asset("status.css");
    private static readonly string Script = Asset("status.js");

    /// <param name="report">What to show.</param>
    /// <param name="nonce">Allows the page's own style and script under its content security policy.</param>
    public static string Render(StatusReport report, string nonce)
    {
        var page = new StringBuilder(16 * 1024);
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Credentials: {Text(report.Health)}</title>
            <noscript><meta http-equiv="refresh" content="10"></noscript>
            <style nonce="{nonce}">{Style}</style>
            </head>
            <body>
            <p id="lost" class="unhealthy" role="alert" hidden>The app does not answer; this is what it said last.</p>
            <div id="page">
            <header>
            <h1>Credentials <span class="badge {Text(report.Health)}">{Text(report.Health)}</span></h1>
            <p class="soft">As of <time>{Time(report.AsOf)}</time>. {Count(report)}</p>
            </header>
            <main>

            """);
        foreach (var credential in report.Credentials)
        {
            CredentialCard.Append(page, credential, report.AsOf);
        }

        page.Append(CultureInfo.InvariantCulture, $"""
            </main>
            </div>
            <script nonce="{nonce}">{Script}</script>
            </body>
            </html>

            """);
        return page.ToString();
    }

    /// <summary>Text that may stand anywhere in the page.</summary>
    public static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? string.Empty);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Count(StatusReport report) => report.Credentials.Count == report.Total
        ? string.Create(CultureInfo.InvariantCulture, $"{report.Total} registered.")
        : string.Create(CultureInfo.InvariantCulture, $"{report.Credentials.Count} of {report.Total} shown, the most urgent first; ?credential=NAME shows one.");

    private static string Asset(string name)
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using System.Globalization;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>One credential's part of the page.</summary>
internal static class CredentialCard
{
    public static void Append(StringBuilder page, CredentialReport credential, DateTimeOffset now)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            <article>
            <header><h2>{StatusPage.Text(credential.Name)}</h2><span class="badge {credential.Health}">{credential.Health}</span>
            <span class="soft">{StatusPage.Text(Description(credential))}</span></header>

            """);
        AppendList(page, credential.Reasons);
        if (credential.Versions.Count > 0)
        {
            page.Append("<h3>Versions, newest first</h3>\n");
            var span = TimelineSpan.Of(credential, now);
            foreach (var version in credential.Versions)
            {
                Append(page, version, span);
            }
        }

        Append(page, credential.Consumers);
        page.Append("</article>\n");
    }

    private static void Append(StringBuilder page, VersionReport version, TimelineSpan span)
    {
        var stage = Word(version.Stage);
        page.Append(CultureInfo.InvariantCulture, $"""
            <section class="version"><div><code>{StatusPage.Text(version.Id)}</code> <span class="{stage}">{stage}</span></div>
            <svg viewBox="0 0 {TimelineSpan.Width} 10" preserveAspectRatio="none" role="img" aria-label="{StatusPage.Text(InWords(version, span.Now))}">
            """);
        foreach (var part in TimelinePart.Of(version, span.Now).Where(part => part.To > part.From))
        {
            var from = span.At(part.From);
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{part.Stage}\" x=\"{from}\" y=\"0\" width=\"{Math.Max(2, span.At(part.To) - from)}\" height=\"10\"/>");
        }

        page.Append(CultureInfo.InvariantCulture, $"""
            <rect class="now" x="{Math.Min(span.At(span.Now), TimelineSpan.Width - 2)}" y="0" width="2" height="10"/></svg>
            <div class="facts">{StatusPage.Text(InWords(version, span.Now))} {Uses(version)}
            """);
        if (version.Verdict is { } verdict)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>May it be revoked? <strong class=\"{verdict.Kind}\">{verdict.Kind}</strong></p>");
            AppendList(page, verdict.Reasons);
        }

        page.Append("</div></section>\n");
    }

    private static void Append(StringBuilder page, IReadOnlyList<ConsumerReport> consumers)
    {
        if (consumers.Count == 0)
        {
            page.Append("<h3>Used by</h3><p class=\"soft\">Nobody yet.</p>\n");
            return;
        }

        page.Append("<h3>Used by</h3><table><thead><tr><th>who</th><th>last version</th><th>last use</th><th class=\"number\">uses</th><th class=\"number\">open now</th></tr></thead><tbody>\n");
        foreach (var consumer in consumers)
        {
            var stage = Word(consumer.LastStage);
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{StatusPage.Text(consumer.Caller is null ? consumer.Consumer : $"{consumer.Consumer}, caller {consumer.Caller}")}</td><td data-label="last version"><code>{StatusPage.Text(consumer.LastVersion)}</code> <span class="{stage}">{stage}</span></td><td data-label="last use">{(consumer.LastUse is { } last ? StatusPage.Time(last) : "being counted")}</td><td class="number" data-label="uses">{consumer.Uses:N0}</td><td class="number" data-label="open now">{consumer.Held:N0}</td></tr>

                """);
        }

        page.Append("</tbody></table>\n");
    }

    private static void AppendList(StringBuilder page, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0)
        {
            return;
        }

        page.Append("<ul>");
        foreach (var sentence in sentences)
        {
            page.Append("<li>").Append(StatusPage.Text(sentence)).Append("</li>");
        }

        page.Append("</ul>\n");
    }

    // The picture again, for who cannot see it.
    private static string InWords(VersionReport version, DateTimeOffset now)
    {
        var words = new StringBuilder();
        Say("Created", version.CreatedOn);
        Say("Seen", version.SeenAt);
        Say("Current since", version.PromotedAt);
        Say("Replaced", version.SupersededAt);
        Say("Overlap until", version.Stage == CredentialStage.Previous ? version.OverlapEndsAt : null);
        Say("Retired", version.RetiredAt);
        Say("Revoked", version.RevokedAt);
        Say("Expires", version.ExpiresOn);
        return words.ToString().TrimEnd();

        void Say(string what, DateTimeOffset? when)
        {
            if (when is { } at)
            {
                words.Append(CultureInfo.InvariantCulture, $"{what} {(at.UtcDateTime.Date == now.UtcDateTime.Date ? at.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture) : StatusPage.Time(at))}. ");
            }
        }
    }

    private static string Uses(VersionReport version) => string.Create(
        CultureInfo.InvariantCulture, $"{version.Uses:N0} use{(version.Uses == 1 ? string.Empty : "s")}, {version.ResidualUses:N0} of them after it was replaced{(version.Held > 0 ? $", {version.Held:N0} open now" : string.Empty)}.");

    private static string Description(CredentialReport credential) =>
        string.Join(", ", new[] { credential.Purpose, credential.Owner is { } owner ? $"owned by {owner}" : null }.OfType<string>());

    private static string Word(CredentialStage stage) => stage switch
    {
        CredentialStage.Pending => "pending",
        CredentialStage.Current => "current",
        CredentialStage.Previous => "previous",
        CredentialStage.Retired => "retired",
        _ => "revoked",
    };
}

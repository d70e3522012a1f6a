using System.Globalization;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>One credential's part of the page.</summary>
internal static class CredentialCard
{
    public static void Append(StringBuilder page, CredentialReport credential, string id, DateTimeOffset now, PageLimits limits)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            <article aria-labelledby="{id}">
            <div class="head"><h2 id="{id}">{PageText.Link(credential.Name)}</h2><span class="badge {credential.Health}">{credential.Health}</span>
            <span class="soft">{PageText.Sentence(Description(credential))}</span></div>

            """);
        AppendList(page, credential.Reasons, limits.Sentences);
        AppendVersions(page, credential, now, limits);
        AppendUsers(page, credential.Consumers, limits.Users);
        page.Append("</article>\n");
    }

    private static void AppendVersions(StringBuilder page, CredentialReport credential, DateTimeOffset now, PageLimits limits)
    {
        if (credential.Versions.Count == 0)
        {
            return;
        }

        page.Append("<h3>Versions, newest first</h3>\n");
        var span = TimelineSpan.Of(credential, now);
        var shown = credential.Versions.OrderByDescending(NeedsAttention).Take(limits.Versions).ToHashSet();
        foreach (var version in credential.Versions.Where(shown.Contains))
        {
            Append(page, credential.Name, version, span, limits.Sentences);
        }

        AppendMore(page, "p", credential.Versions.Count - shown.Count, "versions");
    }

    private static bool NeedsAttention(VersionReport version) => version.Stage == CredentialStage.Current || version.Verdict is { Kind: VerdictKind.Violated or VerdictKind.StillUsed };

    private static void Append(StringBuilder page, string credential, VersionReport version, TimelineSpan span, int sentences)
    {
        var stage = Word(version.Stage);
        page.Append(CultureInfo.InvariantCulture, $"""
            <section class="version"><div><code>{PageText.Name(version.Id)}</code> <span class="{stage}">{stage}</span></div>
            <svg viewBox="0 0 {TimelineSpan.Width} 10" preserveAspectRatio="none" aria-hidden="true">
            """);
        foreach (var part in TimelinePart.Of(version, span.Now).Where(part => part.To > part.From))
        {
            var from = span.At(part.From);
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{part.Stage}\" x=\"{from}\" y=\"0\" width=\"{Math.Max(2, span.At(part.To) - from)}\" height=\"10\"/>");
        }

        page.Append(CultureInfo.InvariantCulture, $"""
            <rect class="now" x="{Math.Min(span.At(span.Now), TimelineSpan.Width - 2)}" y="0" width="2" height="10"/></svg>
            <div class="facts"><dl>
            """);
        AppendFacts(page, version, span.Now);
        page.Append("</dl>\n");
        AppendList(page, [.. (version.SameValueAs ?? []).Select(other => Same(credential, version, other))], sentences);
        if (version.Verdict is { } verdict)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>May it be revoked? {Answer(verdict.Kind)}: <strong class=\"{verdict.Kind}\">{verdict.Kind}</strong></p>");
            AppendList(page, verdict.Reasons, sentences);
        }

        page.Append("</div></section>\n");
    }

    // What the picture shows, for who cannot see it, and what it cannot.
    private static void AppendFacts(StringBuilder page, VersionReport version, DateTimeOffset now)
    {
        At("created", version.CreatedOn);
        At("seen", version.SeenAt);
        At("current since", version.PromotedAt);
        At("replaced", version.SupersededAt);
        At("overlap until", version.Stage == CredentialStage.Previous ? version.OverlapEndsAt : null);
        At("retired", version.RetiredAt);
        At("revoked", version.RevokedAt);
        At("expires", version.ExpiresOn);
        Number("uses", version.Uses);
        if (version.SupersededAt is not null || version.ResidualUses > 0)
        {
            Number("after it was replaced", version.ResidualUses);
        }

        if (version.Held > 0)
        {
            Number("open now", version.Held);
        }

        void At(string what, DateTimeOffset? when)
        {
            if (when is { } at)
            {
                page.Append(CultureInfo.InvariantCulture, $"<div><dt>{what}</dt><dd>{PageText.Time(at, now)}</dd></div>");
            }
        }

        void Number(string what, long count) => page.Append(CultureInfo.InvariantCulture, $"<div><dt>{what}</dt><dd>{count:N0}</dd></div>");
    }

    private static void AppendUsers(StringBuilder page, IReadOnlyList<ConsumerReport> consumers, int most)
    {
        page.Append("<h3>Used by</h3>\n");
        if (consumers.Count == 0)
        {
            page.Append("<p class=\"soft\">Nobody yet.</p>\n");
            return;
        }

        page.Append("<table><thead><tr><th scope=\"col\">who</th><th scope=\"col\">last version</th><th scope=\"col\">last use</th><th scope=\"col\" class=\"number\">uses</th><th scope=\"col\" class=\"number\">open now</th></tr></thead><tbody>\n");
        foreach (var consumer in consumers.Take(most))
        {
            var stage = Word(consumer.LastStage);
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><th scope="row">{PageText.Name(consumer.Consumer)}{(consumer.Caller is null ? string.Empty : $", caller {PageText.Name(consumer.Caller)}")}</th><td data-label="last version"><code>{PageText.Name(consumer.LastVersion)}</code> <span class="{stage}">{stage}</span></td><td data-label="last use">{(consumer.LastUse is { } last ? PageText.Time(last) : "being counted")}</td><td class="number" data-label="uses">{consumer.Uses:N0}</td><td class="number" data-label="open now">{consumer.Held:N0}</td></tr>

                """);
        }

        page.Append("</tbody></table>\n");
        AppendMore(page, "p", consumers.Count - most, "users");
    }

    private static void AppendList(StringBuilder page, IReadOnlyList<string> sentences, int most)
    {
        if (sentences.Count == 0)
        {
            return;
        }

        page.Append("<ul>");
        foreach (var sentence in sentences.Take(most))
        {
            page.Append("<li>").Append(PageText.Sentence(sentence)).Append("</li>");
        }

        AppendMore(page, "li", sentences.Count - most, "reasons");
        page.Append("</ul>\n");
    }

    private static void AppendMore(StringBuilder page, string tag, int count, string what)
    {
        if (count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<{tag} class=\"soft\">and {count:N0} more {what}</{tag}>\n");
        }
    }

    private static string Same(string credential, VersionReport version, KnownValue other) => other.CredentialName == credential
        ? $"Holds the value of version '{other.VersionId}' ({Word(other.Stage)}){(version.Stage == CredentialStage.Pending && other.Stage == CredentialStage.Current ? ": nothing was rotated" : string.Empty)}."
        : $"The same secret as version '{other.VersionId}' ({Word(other.Stage)}) of credential '{other.CredentialName}': revoking it hits both.";

    private static string Answer(VerdictKind verdict) => verdict switch
    {
        VerdictKind.SafeToRevoke => "Yes",
        VerdictKind.ProvenRevoked => "It is",
        VerdictKind.InOverlap => "Not yet",
        VerdictKind.StillUsed => "No",
        _ => "It has ended, but not for everybody",
    };

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

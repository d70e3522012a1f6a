using System.Globalization;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>The report as one page that needs nothing but itself.</summary>
internal static class ReportPage
{
    public static string Of(RotationReport report) => PageStyle.Page(
        $"Rotation of {report.Credential}: {report.OldVersion}",
        $"""
        <h1>Rotation of {report.Credential}</h1>
        <p><code>{report.OldVersion}</code> → <code>{report.NewVersion ?? Moments.Unknown}</code> &nbsp; {VerdictMark(report.Verdict)}{(report.Since is null ? "" : $" since {Moments.Time(report.Since)}")}</p>
        <p><strong>{report.Conclusion}</strong></p>
        <p class="soft">Owner: {report.Owner ?? Moments.Unknown}. Purpose: {report.Purpose ?? Moments.Unknown}. Made and judged at {Moments.Time(report.MadeAt)} by {report.MadeBy} with nhi-rotation {report.Tool}.</p>
        {Given(report.Options)}
        <h2>Timeline</h2>
        {TimelineDrawing.Of(report)}
        <h2>Three proofs</h2>
        {Html.Join(report.Proofs, Proof)}
        {Doubts(report.Doubts)}
        <h2>Consumers and callers of the old version</h2>
        {Users(report.Users)}
        <h2>Hunts for copies of its value</h2>
        {List(report.Hunts, "None is recorded.")}
        <h2>Instances, and the heads of their chains</h2>
        {Instances(report.Instances)}
        <h2>What this proof cannot know</h2>
        {List(report.Limits, "")}
        <h2>Controls that the evidence speaks to</h2>
        <p class="soft">What the evidence shows, and no more. It is no assessment, and none of these controls is met by it alone.</p>
        {ControlTable(report.Controls)}
        """).ToString() + "\n";

    private static Html VerdictMark(VerdictKind verdict) =>
        $"<span class=\"mark {verdict switch { VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked => "good", VerdictKind.InOverlap => "open", _ => "bad" }}\">{verdict.ToString()}</span>";

    private static Html Given(IReadOnlyList<GivenOption> options) => options.Count == 0
        ? Html.Of($"<p class=\"soft\">No option was given: all limits are the ones that the instances were configured with.</p>")
        : Html.Of($"""
          <div class="{(options.Any(static option => option.IsOverride) ? "given" : "soft")}"><p>{(options.Any(static option => option.IsOverride) ? "This answer rests on what somebody gave, besides the evidence:" : "Asked with:")}</p>
          <ul>{Html.Join(options, static option => $"<li><code>{option.Name} {option.Value}</code>{(option.IsOverride ? " (overrides a limit or evidence)" : "")}</li>")}</ul></div>
          """);

    private static Html Proof(Proof proof) =>
        $"""
        <section class="proof"><h3>{proof.Name} &nbsp; <span class="mark {proof.Result switch { ProofResult.Shown => "good", ProofResult.Refuted => "bad", _ => "open" }}">{proof.Result switch { ProofResult.Shown => "shown", ProofResult.Refuted => "refuted", _ => "not shown" }}</span></h3>
        {List(proof.Statements, "")}</section>
        {Html.Join(proof.Lines, static line => $"<p><small>{Place(line)}</small></p><pre>{line.Text}</pre>")}
        {(proof.Lines.Count == 0 ? "No line tells of it." : "")}{(proof.MoreLines == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"And {proof.MoreLines} more lines in the evidence."))}
        """;

    private static string Place(EvidenceLine line) => line.Line is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"{line.File}:{number}")
        : string.Create(CultureInfo.InvariantCulture, $"{line.File}: line {line.Seq} of instance {line.Instance}");

    private static Html Doubts(IReadOnlyList<string> doubts) => doubts.Count == 0 ? Html.Nothing : $"<h2>What is open, and what is wrong with the evidence</h2>{List(doubts, "")}";

    private static Html List(IReadOnlyList<string> all, string none) => all.Count == 0 ? Html.Of($"<p>{none}</p>") : Html.Of($"<ul>{Html.Join(all, static one => $"<li>{one}</li>")}</ul>");

    private static Html Users(IReadOnlyList<UserRow> users) => users.Count == 0
        ? Html.Of($"<p>Nobody is known to have used it.</p>")
        : Html.Of($"""
          <table><thead><tr><th>service</th><th>consumer</th><th>caller</th><th class="number">uses</th><th class="number">after it was replaced</th><th class="number">after its end</th><th class="number">open</th><th>first use</th><th>last use</th></tr></thead><tbody>
          {Html.Join(users, static user => $"<tr><td>{user.App}</td><td>{user.Consumer}</td><td>{user.Caller}</td><td class=\"number\">{user.Uses:N0}</td><td class=\"number\">{user.InOverlap:N0}</td><td class=\"number\">{user.AfterEnd:N0}</td><td class=\"number\">{user.Open}</td><td>{Moments.Time(user.FirstUse)}</td><td>{Moments.Time(user.LastUse)}</td></tr>")}
          </tbody></table>
          """);

    private static Html Instances(IReadOnlyList<InstanceRow> instances) =>
        $"""
        <table><thead><tr><th>service</th><th>instance</th><th>state</th><th>evidence reaches to</th><th>verdict</th><th class="number">lines</th><th>chain head (SHA-256)</th></tr></thead><tbody>
        {Html.Join(instances, static one => $"<tr><td>{one.App}{(one.Place is null ? "" : $" in {one.Place}")}</td><td>{one.Name}</td><td>{one.State}</td><td>{Moments.Time(one.LastAt)}</td><td>{(one.Verdict is { } verdict ? VerdictMark(verdict) : Html.Of($"not concerned"))}</td><td class=\"number\">{one.Lines}</td><td><code>{one.Head}</code></td></tr>")}
        </tbody></table>
        """;

    private static Html ControlTable(IReadOnlyList<Control> controls) =>
        $"""
        <table><thead><tr><th>control</th><th>about</th><th>the evidence shows</th><th>it does not show</th></tr></thead><tbody>
        {Html.Join(controls, static one => $"<tr><td>{one.Framework}<br><strong>{one.Id}</strong></td><td>{one.Topic}</td><td>{one.Shows}</td><td class=\"soft\">{one.DoesNotShow}</td></tr>")}
        </tbody></table>
        """;
}

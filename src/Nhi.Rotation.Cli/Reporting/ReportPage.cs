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
        <p><code>{report.OldVersion}</code> → <code>{report.NewVersion ?? Moments.Unknown}</code> &nbsp; {VerdictMark(report.Verdict, report.IsOnlyAsGiven ? "only as given" : null)}{(report.Since is null ? "" : $" since {Moments.Time(report.Since)}")}</p>
        <p><strong>{report.Conclusion}</strong></p>
        {Affected(report.Affected)}
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
        {Instances(report.Instances, report.IsOnlyAsGiven ? "only as given" : report.Verdict is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked ? null : "by itself")}
        <h2>What this proof cannot know</h2>
        {List(report.Limits, "")}
        <h2>Controls that the evidence speaks to</h2>
        <p class="soft">What the evidence shows, and no more. It is no assessment, and none of these controls is met by it alone.</p>
        {ControlTable(report.Controls)}
        """).ToString() + "\n";

    // Yellow is what is good only if something else is.
    private static Html VerdictMark(VerdictKind verdict, string? only) => verdict switch
    {
        VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked => only is null ? Mark("good", verdict.ToString()) : Mark("open", $"{verdict}, {only}"),
        VerdictKind.InOverlap => Mark("open", verdict.ToString()),
        _ => Mark("bad", verdict.ToString()),
    };

    private static Html Mark(string kind, string text) => $"<span class=\"mark {kind}\">{text}</span>";

    private static Html ProofMark(Proof proof) => proof.Result switch
    {
        ProofResult.Shown => proof.IsOnlyAsGiven ? Mark("open", "shown, only as given") : Mark("good", "shown"),
        ProofResult.Refuted => Mark("bad", "refuted"),
        _ => Mark("open", "not shown"),
    };

    private static Html Affected(IReadOnlyList<string> affected) => affected.Count == 0 ? Html.Nothing : Html.Of($"<ul class=\"affected\">{Html.Join(affected, static one => $"<li>{one}</li>")}</ul>");

    private static Html Given(IReadOnlyList<GivenOption> options) => options.Count == 0
        ? Html.Of($"<p class=\"soft\">No option was given: all limits are the ones that the instances were configured with.</p>")
        : Html.Of($"""
          <div class="{(options.Any(static option => option.IsOverride) ? "given" : "soft")}"><p>{(options.Any(static option => option.IsOverride) ? "This answer rests on what somebody gave, besides the evidence:" : "Asked with:")}</p>
          <ul>{Html.Join(options, static option => $"<li><code>{option.Name} {option.Value}</code>{(option.IsOverride ? " (overrides a limit or evidence)" : "")}</li>")}</ul></div>
          """);

    private static Html Proof(Proof proof) =>
        $"""
        <section class="proof"><h3>{proof.Name} &nbsp; {ProofMark(proof)}</h3>
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
        : CardTable.Of<UserRow>(
            users,
            new("service", static user => $"{user.App}"),
            new("consumer", static user => $"{user.Consumer}"),
            new("caller", static user => $"{user.Caller}"),
            new("uses", static user => $"{user.Uses:N0}", IsNumber: true),
            new("after it was replaced", static user => $"{user.InOverlap:N0}", IsNumber: true),
            new("after its end", static user => $"{user.AfterEnd:N0}", IsNumber: true),
            new("open", static user => $"{user.Open}", IsNumber: true),
            new("first use", static user => $"{Moments.Time(user.FirstUse)}"),
            new("last use", static user => $"{Moments.Time(user.LastUse)}"));

    private static Html Instances(IReadOnlyList<InstanceRow> instances, string? only) => CardTable.Of<InstanceRow>(
        instances,
        new("service", static one => $"{one.App}{(one.Place is null ? "" : $" in {one.Place}")}"),
        new("instance", static one => $"{one.Name}"),
        new("state", static one => $"{one.State}"),
        new("evidence reaches to", static one => $"{Moments.Time(one.LastAt)}"),
        new("verdict", one => one.Verdict is { } verdict ? VerdictMark(verdict, only) : Html.Of($"not concerned")),
        new("lines", static one => $"{one.Lines}", IsNumber: true),
        new("chain head (SHA-256)", static one => $"<code>{one.Head}</code>"));

    private static Html ControlTable(IReadOnlyList<Control> controls) => CardTable.Of<Control>(
        controls,
        new("control", static one => $"{one.Framework}<br><strong>{one.Id}</strong>"),
        new("about", static one => $"{one.Topic}"),
        new("the evidence shows", static one => $"{one.Shows}"),
        new("it does not show", static one => $"<span class=\"soft\">{one.DoesNotShow}</span>"));
}

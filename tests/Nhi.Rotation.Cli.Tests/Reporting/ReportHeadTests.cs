using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Reporting;

/// <summary>Whoever reads only the head of a report, or what the tool prints of it, knows who is concerned, by which instance a reason is said, what it rests on and of which rotation it is.</summary>
public sealed class ReportHeadTests : IDisposable
{
    private const double Now = 300;

    private readonly EvidenceDirectory _evidence = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-head-").FullName;
    private readonly string _secret;
    private readonly string _open;

    public ReportHeadTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (_secret, _open) = (Path.Combine(_directory, "key.pem"), Path.Combine(_directory, "key.pub"));
        File.WriteAllText(_secret, key.ExportECPrivateKeyPem());
        File.WriteAllText(_open, key.ExportSubjectPublicKeyInfoPem());
    }

    private string Page => Path.Combine(_directory, "report.html");

    public void Dispose()
    {
        _evidence.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Who_still_uses_it_stands_in_the_head_of_the_page_and_in_what_is_printed()
    {
        for (var i = 0; i < 12; i++)
        {
            var pod = Pod(i, "shop").Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102);
            (i < 7 ? pod.Use("v1", 290 + (i / 10.0), "nightly", CredentialStage.Previous) : i < 9 ? pod.Use("v1", 289, $"job{i}", CredentialStage.Previous, caller: "<b>acme</b>") : pod).Alive(Now).Write(_evidence.Path);
        }

        const string Who = "shop at pod-6 (0000000000000006), pod-5 (0000000000000005), pod-4 (0000000000000004) and 4 more: nightly";
        var printed = AssertExit(ExitCode.StillUsed, "report", _evidence.Path, "--output", Page, "--sign", _secret);
        var head = Head();
        var checkedLater = AssertExit(ExitCode.StillUsed, "verify-report", Page, "--key", _open);

        Assert.All(new[] { printed, head, checkedLater }, text =>
        {
            Assert.Matches($"(?s)STILL USED: revoking now breaks whoever is named below\\..*{Regex.Escape(Who)}.*job7 \\(caller <b>acme</b>\\)", text);
            Assert.DoesNotContain("above", text, StringComparison.Ordinal);
        });
        Assert.DoesNotContain("<span class=\"mark good\">SafeToRevoke", File.ReadAllText(Page), StringComparison.Ordinal);
        Assert.Contains("<span class=\"mark open\">SafeToRevoke, by itself</span>", File.ReadAllText(Page), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>acme", File.ReadAllText(Page), StringComparison.Ordinal);
        Assert.Contains("STILL USED: revoking now breaks whoever is named above.", AssertExit(ExitCode.StillUsed, "verify", _evidence.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_has_cards_for_tables_a_timeline_that_is_not_scaled_and_whole_names()
    {
        const string Pod = "billing-reconciliation-worker-6c4d7f9b58-h5t2n (00000000000000aa)";
        new WrittenInstance("00000000000000aa") { Resource = new() { ["k8s.pod.name"] = Pod.Split(' ')[0] } }.Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.Safe, "report", _evidence.Path, "--output", Page);

        var page = Html();
        Assert.Contains($"<div class=\"lane\"><span>{Pod}</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("viewBox", page, StringComparison.Ordinal);
        Assert.Matches("<td data-label=\"consumer\">client</td><td data-label=\"caller\"></td><td data-label=\"uses\" class=\"number\">1</td>", page);
        Assert.Equal(3, Regex.Count(page, "<table class=\"cards\">"));
    }

    [Fact]
    public void Of_many_users_the_head_names_a_few_and_how_many_more()
    {
        for (var i = 0; i < 40; i++)
        {
            Pod(i, "shop").Promote("v1", 0).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Use("v1", 290, $"job-{i:00}", CredentialStage.Previous).Alive(Now).Write(_evidence.Path);
        }

        var printed = AssertExit(ExitCode.StillUsed, "report", _evidence.Path, "--output", Page);
        Assert.Equal(6, Regex.Count(printed, "shop at pod"));
        Assert.Contains("And 34 more: nhi-rotation verify --verbose names them.", printed, StringComparison.Ordinal);
        Assert.Contains("And 34 more", Head(), StringComparison.Ordinal);
        Assert.Contains("And 20 more", Html(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_reason_says_whose_it_is_and_who_used_it_last_comes_first()
    {
        Workers();

        AssertExit(ExitCode.Safe, "report", _evidence.Path, "--output", Page);

        var hidden = Html();
        hidden = hidden[hidden.IndexOf(">No hidden use", StringComparison.Ordinal)..];
        Assert.Matches(@"(?s)worker at pod-2 [^:]*: All of its users \(client\) moved by.*worker at pod-1 [^:]*, pod-3 [^:]*: Nobody ever used it here\.", hidden);
        Assert.DoesNotContain("<li>Nobody ever used it here.", hidden, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_of_a_service_is_that_of_who_used_it_and_says_that_others_differ()
    {
        Workers();
        for (var i = 10; i < 14; i++)
        {
            Pod(i, "shop").Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Use("v1", 295, "nightly", CredentialStage.Previous).Alive(Now).Write(_evidence.Path);
        }

        var output = AssertExit(ExitCode.StillUsed, "verify", _evidence.Path);
        Assert.Matches(@"(?s)  worker: SafeToRevoke in 3 of 3, each by itself: pod-2 [^\n]*\n    A newer version was accepted [^\n]* All of its users \(client\) moved by [^\n]*\n    That is of pod-2 \(0000000000000002\); of 2 more it is something else: --verbose has it\.", output);
        Assert.DoesNotContain("Nobody ever used it here", output, StringComparison.Ordinal);

        // The same lines in another order, out of a log.
        var log = Path.Combine(_directory, "all.log");
        File.WriteAllLines(log, _evidence.Files.SelectMany(File.ReadAllLines).Reverse());
        Assert.Equal(Explained(output), Explained(AssertExit(ExitCode.StillUsed, "verify", log)));
        Assert.Matches(@"worker pod-3 \(0000000000000003\): SafeToRevoke, by itself\n    A newer", AssertExit(ExitCode.StillUsed, "verify", _evidence.Path, "--verbose"));
    }

    [Fact]
    public void Of_few_instances_each_has_its_reasons_also_below_a_worse_one()
    {
        Pod(1, "shop").Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Use("v1", 295, "nightly", CredentialStage.Previous).Alive(Now).Write(_evidence.Path);
        Pod(2, "shop").Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Alive(Now).Write(_evidence.Path);

        Assert.Matches(@"shop pod-2 \(0000000000000002\): SafeToRevoke, by itself\n    A newer version was accepted", AssertExit(ExitCode.StillUsed, "verify", _evidence.Path));
    }

    [Theory]
    [InlineData("--quiet-period", "2h")]
    [InlineData("--max-age", "6m")]
    public void What_is_safe_only_as_given_is_not_green(params string[] given)
    {
        Workers();
        AssertExit(ExitCode.Safe, "report", _evidence.Path, "--output", Page);
        Assert.Contains("<span class=\"mark good\">SafeToRevoke</span>", File.ReadAllText(Page), StringComparison.Ordinal);

        var output = AssertExit(ExitCode.Safe, ["report", _evidence.Path, "--output", Page, .. given]);

        Assert.Contains("stripe v1: SafeToRevoke, only as given", output, StringComparison.Ordinal);
        var page = File.ReadAllText(Page);
        Assert.DoesNotContain("<span class=\"mark good\">SafeToRevoke", page, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(page, "<span class=\"mark open\">SafeToRevoke, only as given</span>"));
        Assert.Matches("No hidden use &nbsp; <span class=\"mark open\">shown, only as given</span>", page);
    }

    [Fact]
    public void An_old_signature_never_stands_beside_a_new_page()
    {
        Workers();
        AssertExit(ExitCode.Safe, "report", _evidence.Path, "--output", Page, "--sign", _secret);
        var (page, signature) = (File.ReadAllText(Page), File.ReadAllText(Page + ".dsse.json"));

        Assert.Contains("'report.html.dsse.json' is the signature of an earlier page", AssertExit(ExitCode.CannotWrite, "report", _evidence.Path, "--output", Page, "--quiet-period", "2h"), StringComparison.Ordinal);
        Assert.Equal((page, signature), (File.ReadAllText(Page), File.ReadAllText(Page + ".dsse.json")));

        AssertExit(ExitCode.Safe, "report", _evidence.Path, "--output", Page, "--quiet-period", "2h", "--sign", _secret);
        Assert.Contains("only as given", AssertExit(ExitCode.Safe, "verify-report", Page, "--key", _open), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Safe, "--credential", "stripe", "--old-version", "v1")]
    [InlineData(ExitCode.Safe, "--credential", "stripe")]
    [InlineData(ExitCode.Violated, "--credential", "paypal", "--old-version", "v1")]
    [InlineData(ExitCode.Violated, "--credential", "Stripe")]
    [InlineData(ExitCode.Violated, "--old-version", "v2")]
    [InlineData(ExitCode.Violated, "--credential", "")]
    public void A_signed_report_of_another_rotation_is_not_the_one_that_was_asked_for(object exit, params string[] asked)
    {
        Workers();
        AssertExit(ExitCode.Safe, "report", _evidence.Path, "--output", Page, "--sign", _secret);

        var output = AssertExit((ExitCode)exit, ["verify-report", Page, "--key", _open, .. asked]);
        Assert.Equal(exit is ExitCode.Violated, output.Contains("NOT WHAT WAS ASKED FOR: it is authentic, and of stripe v1, not of ", StringComparison.Ordinal));
        Assert.Equal(exit is ExitCode.Safe, output.StartsWith("AUTHENTIC", StringComparison.Ordinal));
    }

    private static WrittenInstance Pod(int i, string app) =>
        new WrittenInstance(i.ToString("0000000000000000", CultureInfo.InvariantCulture), app) { Resource = new() { ["k8s.pod.name"] = string.Create(CultureInfo.InvariantCulture, $"pod-{i}") } }.Describe(0).See("v1", 0);

    private static (int Exit, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(Now)), Stream.Null, output, output), output.ToString());
    }

    private static string AssertExit(ExitCode exit, params string[] arguments)
    {
        var (code, output) = Run(arguments);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}");
        return output;
    }

    private static string Explained(string output) => output[..output.IndexOf("\n\n", output.IndexOf("worker:", StringComparison.Ordinal), StringComparison.Ordinal)];

    // Three that nothing stands against: the second used the old version, the others never did.
    private void Workers()
    {
        for (var i = 1; i <= 3; i++)
        {
            var pod = Pod(i, "worker").Promote("v1", 0);
            (i == 2 ? pod.Use("v1", 10) : pod).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Alive(Now).Write(_evidence.Path);
        }
    }

    private string Html() => WebUtility.HtmlDecode(File.ReadAllText(Page));

    private string Head()
    {
        var page = Html();
        return page[..page.IndexOf("<h2>", StringComparison.Ordinal)];
    }
}

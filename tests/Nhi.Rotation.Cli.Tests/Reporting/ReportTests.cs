using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Logs;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Reporting;

/// <summary>The report of one rotation, as an auditor gets it.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-report-").FullName;

    private string Page => Path.Combine(_directory, "report.html");

    public void Dispose()
    {
        _evidence.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void It_has_the_three_proofs_with_the_lines_that_show_them_and_all_that_belongs_to_them()
    {
        ShopFleet.Write(_evidence.Path);

        AssertExit(ExitCode.Safe, "--output", Page);

        var page = System.Net.WebUtility.HtmlDecode(File.ReadAllText(Page));
        Keep("report.html", Page);
        Assert.Matches("(?s)Replacement.{1,60}shown.*Revocation.{1,60}shown.*No hidden use.{1,60}shown", page);
        var lines = _evidence.Files.SelectMany(File.ReadAllLines).Where(static line => Regex.IsMatch(line, "\"kind\":\"(superseded|retired|retirementProbed|promoted|probed|accepted|hunted)\"") && (line.Contains("2026-04", StringComparison.Ordinal) || !line.Contains("\"promoted\"", StringComparison.Ordinal))).ToArray();
        Assert.True(lines.Length > 20);
        Assert.All(lines, line => Assert.Contains(line, page, StringComparison.Ordinal));
        Assert.All(_evidence.Read(), instance => Assert.Contains(instance.Head, page, StringComparison.Ordinal));
        Assert.Contains("<svg ", page, StringComparison.Ordinal);
        Assert.All(
            ["ProvenRevoked", "payments", "shop-5d9f8c7b64-x2k9p (7f3a90c1d2e4b586)", "invoices", "PR.AA-01", "8.6.3", "NHI7", "A hunt on node-7 at 2026-01-01 05:00:00Z found it nowhere", "cannot know", "The other side refused it at 2026-01-01 03:41:00Z", "The old version was known for 88 d 1 h", "nhi-rotation "],
            text => Assert.Contains(text, page, StringComparison.Ordinal));
        Assert.DoesNotMatch("<script|<link|<img|http-equiv=\"refresh\"|javascript:| on[a-z]+=", page);
        Assert.DoesNotMatch("(src|href)=", page);
    }

    public static TheoryData<string> Forms => [.. LogForms.All.Keys];

    [Theory, MemberData(nameof(Forms))]
    public void Out_of_a_log_come_the_same_lines_as_out_of_files(string form)
    {
        ShopFleet.Write(_evidence.Path);
        var expected = LinesIn(AssertExit(ExitCode.Safe, "--format", "json"));
        var log = Path.Combine(_directory, "shop.log");
        File.WriteAllLines(log, LogForms.All[form](_evidence.Files.SelectMany(File.ReadAllLines)));

        var (exit, output) = Run("report", log, "--format", "json");
        var (both, ofBoth) = Run("report", log, _evidence.Path, "--format", "json");
        Assert.Equal(((int)ExitCode.Safe, (int)ExitCode.Safe), (exit, both));
        Assert.True(expected.Length > 20);
        Assert.Equal(expected, LinesIn(output));
        Assert.Equal(expected, LinesIn(ofBoth));

        Run("report", log, "--output", Page);
        Assert.Contains("shop.log: line 1", File.ReadAllText(Page), StringComparison.Ordinal);
    }

    private static string?[] LinesIn(string report)
    {
        using var json = JsonDocument.Parse(report);
        return [.. json.RootElement.GetProperty("proofs").EnumerateArray().SelectMany(static proof => proof.GetProperty("lines").EnumerateArray()).Select(static line => line.GetProperty("text").GetString())];
    }

    [Fact]
    public void Who_is_stuck_is_named_and_the_proof_is_refuted()
    {
        ShopFleet.Write(_evidence.Path, isStuck: true);

        AssertExit(ExitCode.Violated, "--output", Page);

        var page = System.Net.WebUtility.HtmlDecode(File.ReadAllText(Page));
        Assert.Matches("(?s)No hidden use.{1,60}refuted.*It was used once after it had ended, by checkout", page);
    }

    [Fact]
    public void Names_are_text_whatever_they_contain()
    {
        const string Hostile = "</pre></title><script>alert(1)</script><img src=x onerror=alert(2)>\"'\u202e\u0000";
        ShopFleet.Write(_evidence.Path, Hostile);

        AssertExit(ExitCode.Safe, "--output", Page);

        var page = File.ReadAllText(Page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u202e', page);
        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "</title>\n"));
    }

    [Fact]
    public void What_was_given_is_on_the_page_and_changes_the_words()
    {
        ShopFleet.Write(_evidence.Path);

        var output = AssertExit(ExitCode.Safe, "--output", Page, "--quiet-period", "0s", "--because", "tried out");

        Assert.Contains("SAFE ONLY AS GIVEN", output, StringComparison.Ordinal);
        Assert.Matches("(?s)SAFE ONLY AS GIVEN.*rests on what somebody gave.*--quiet-period 00:00:00</code> \\(overrides.*--because tried out</code><", File.ReadAllText(Page));
    }

    [Fact]
    public void Programs_read_it_as_JSON()
    {
        ShopFleet.Write(_evidence.Path);

        using var report = JsonDocument.Parse(AssertExit(ExitCode.Safe, "--format", "json"));
        Assert.Equal(("stripe", "2026-01-key", "ProvenRevoked", 3), (report.RootElement.GetProperty("credential").GetString(), report.RootElement.GetProperty("oldVersion").GetString(), report.RootElement.GetProperty("verdict").GetString(), report.RootElement.GetProperty("proofs").GetArrayLength()));
        var times = report.RootElement.GetProperty("timeline").EnumerateArray().Select(static moment => moment.GetProperty("at").GetDateTimeOffset()).ToArray();
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void It_is_of_one_rotation()
    {
        new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Rotate("v2", "v3", 200).Use("v3", 201).Alive(ShopFleet.Now).Write(_evidence.Path);

        Assert.Contains("stripe v1, stripe v2", AssertExit(ExitCode.Usage, "--output", Page), StringComparison.Ordinal);
        Assert.Contains("nothing to report", AssertExit(ExitCode.NotEnoughEvidence, "--credential", "other"), StringComparison.Ordinal);
        Assert.False(File.Exists(Page));
        AssertExit(ExitCode.NotEnoughEvidence, "--old-version", "v2", "--output", Page);
        Assert.Contains("73", $"{(int)ExitCode.CannotWrite}", StringComparison.Ordinal);
        AssertExit(ExitCode.CannotWrite, "--old-version", "v2", "--output", Path.Combine(_directory, "no", "report.html"));
    }

    [Fact]
    public void A_signed_report_is_checked_offline_and_ends_with_its_own_verdict()
    {
        ShopFleet.Write(_evidence.Path);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (secret, open) = (Path.Combine(_directory, "key.pem"), Path.Combine(_directory, "key.pub"));
        File.WriteAllText(secret, key.ExportECPrivateKeyPem());
        File.WriteAllText(open, key.ExportSubjectPublicKeyInfoPem());
        Assert.Contains("signed with key", AssertExit(ExitCode.Safe, "--output", Page, "--sign", secret, "--max-age", "6m"), StringComparison.Ordinal);

        var (exit, output) = Run("verify-report", Page, "--key", open);
        Assert.Equal((int)ExitCode.Safe, exit);
        Assert.Matches("(?s)^AUTHENTIC: .*stripe 2026-01-key: ProvenRevoked, only as given. SAFE ONLY AS GIVEN.*given: --max-age 00:06:00", output);

        File.WriteAllText(Page, File.ReadAllText(Page).Replace("ProvenRevoked", "ProvenRevokeD", StringComparison.Ordinal));
        (exit, output) = Run("verify-report", Page, "--key", open);
        Assert.Equal((int)ExitCode.Violated, exit);
        Assert.Contains("NOT AUTHENTIC: The page is not the one that was signed", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_has_a_place()
    {
        ShopFleet.Write(_evidence.Path);

        Assert.Contains("--sign: say where the page goes", AssertExit(ExitCode.Usage, "--sign", Page), StringComparison.Ordinal);
    }

    // A browser's picture of it is in the docs: NHI_PAGES says where to.
    private static void Keep(string name, string page)
    {
        if (Environment.GetEnvironmentVariable("NHI_PAGES") is { Length: > 0 } folder)
        {
            File.Copy(page, Path.Combine(folder, name), overwrite: true);
        }
    }

    private static (int Exit, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(ShopFleet.Now)), Stream.Null, output, output), output.ToString());
    }

    private string AssertExit(ExitCode exit, params string[] options)
    {
        var (code, output) = Run(["report", _evidence.Path, .. options]);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}");
        return output;
    }
}

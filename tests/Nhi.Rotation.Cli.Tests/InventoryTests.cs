using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The list of all credentials, and what policies say of them.</summary>
public sealed class InventoryTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void It_lists_each_credential_with_its_services_versions_and_users()
    {
        Fleet();

        var rows = Rows();

        Assert.Equal(["db", "legacy", "stripe"], rows.Select(static row => row.GetProperty("credential").GetString()));
        var stripe = rows[2];
        Assert.Equal(("payments", "FileCredentialBackend", "/run/secrets/stripe"), (One(stripe, "owners"), One(stripe, "backends"), One(stripe, "locations")));
        var services = stripe.GetProperty("services").EnumerateArray().ToArray();
        Assert.Equal(["billing", "shop"], services.Select(static service => service.GetProperty("app").GetString()));
        Assert.Equal(("2026-04-key", "invoices", 1), (One(services[0], "versions"), One(services[0], "consumers"), services[0].GetProperty("instances").GetInt32()));
        Assert.Equal("v7", One(rows[0].GetProperty("services")[0], "versions"));
        Assert.Equal("acme", One(rows[0].GetProperty("services")[0], "callers"));
        Assert.Equal(WrittenInstance.At(100), stripe.GetProperty("lastRotation").GetDateTimeOffset());
        Assert.Equal(WrittenInstance.At(95), stripe.GetProperty("currentSince").GetDateTimeOffset());
        Assert.Equal(WrittenInstance.At(399), stripe.GetProperty("lastUse").GetDateTimeOffset());
        Assert.Equal(WrittenInstance.At(60 * 24 * 10), rows[0].GetProperty("expiresOn").GetDateTimeOffset());
    }

    [Fact]
    public void A_table_says_not_known_where_nothing_is_known()
    {
        Fleet();

        var output = AssertExit(0);

        Assert.Matches("legacy +not known +not known +old-app +k1 +none +at least 6 h 40 min +none seen +not known +none seen", output);
        Assert.Matches("stripe +payments +FileCredentialBackend +billing in prod +2026-04-key +invoices +5 h 5 min +2026-01-01 01:40:00Z +none +2026-01-01 06:39:00Z", output);
    }

    [Theory]
    [InlineData("--require-owner", 1, "legacy: NO OWNER")]
    [InlineData("--max-age 1h", 1, "stripe: TOO OLD: 5 h 5 min")]
    [InlineData("--max-age 90d", 1, "db: TOO OLD: 100 d 0 h")]
    [InlineData("--max-age 101d", 1, "legacy: AGE NOT KNOWN: at least 6 h 40 min")]
    [InlineData("--unused-for 2h", 1, "legacy: NO USE IS KNOWN")]
    [InlineData("--unused-for 1s", 1, "stripe: UNUSED for 1 min 0 s")]
    [InlineData("--expires-within 14d", 1, "db: EXPIRES 2026-01-11 00:00:00Z")]
    [InlineData("--expires-within 1d", 1, "legacy: END NOT KNOWN")]
    public void A_policy_that_is_broken_or_not_known_to_be_kept_is_named(string policy, int exit, string breach)
    {
        Fleet();

        Assert.Contains(breach, AssertExit(exit, policy.Split(' ')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--require-owner --max-age 6h --unused-for 2m --expires-within 1000d", 0)]
    [InlineData("--max-age 5h", 1)]
    [InlineData("--unused-for 1m", 1)]
    public void Policies_that_are_kept_end_with_0(string policy, int exit)
    {
        ShopFleet.Write(_evidence.Path);
        AssertExit(exit, policy.Split(' '));
    }

    [Fact]
    public void Evidence_that_was_tampered_with_or_is_not_understood_ends_with_no_0()
    {
        Fleet();
        File.WriteAllText(Path.Combine(_evidence.Path, "shop-9999-0001.jsonl"), "nonsense\n");
        Assert.Contains("TAMPERED", AssertExit((int)ExitCode.Violated), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData(" @SUM(A1)", "' @SUM(A1)")]
    [InlineData("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0")]
    [InlineData("+1,\"x\"", "\"'+1,\"\"x\"\"\"")]
    [InlineData("\t=1", "\\u0009=1")]
    [InlineData("plain", "plain")]
    [InlineData("a;b", "\"a;b\"")]
    public void No_cell_of_a_spreadsheet_is_a_formula(string owner, string cell)
    {
        new WrittenInstance("aaaa").Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = "stripe", Owner = owner }).See("v1", 0).Promote("v1", 0).Write(_evidence.Path);

        var lines = AssertExit(0, "--format", "csv").Split("\r\n");
        Assert.Equal("credential,owner,purpose,backend,held at,service,version,consumers,callers,age,last rotation,expires,last use,notes", lines[0]);
        Assert.StartsWith($"stripe,{cell},not known,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_and_page_take_names_for_text()
    {
        const string Hostile = "a|b</td><script>alert(1)</script>[x](javascript:1)\n`";
        new WrittenInstance("aaaa").Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = "stripe", Owner = Hostile }).See("v1", 0).Promote("v1", 0).Write(_evidence.Path);

        var markdown = AssertExit(0, "--format", "markdown");
        Assert.Equal(3, markdown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("a\\|b&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\[x\\](javascript:1)\\\\u000a\\`", markdown, StringComparison.Ordinal);

        var page = AssertExit(0, "--format", "html");
        Assert.Single(Regex.Matches(page, "<script"));
        Assert.DoesNotContain("</td><script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_runs_its_own_script_and_no_other()
    {
        Fleet();
        var file = Path.Combine(_evidence.Path, "inventory.html");
        AssertExit(1, "--format", "html", "--output", file, "--require-owner", "--expires-within", "14d", "--max-age", "90d");

        var page = File.ReadAllText(file);
        if (Environment.GetEnvironmentVariable("NHI_PAGES") is { Length: > 0 } folder)
        {
            File.Copy(file, Path.Combine(folder, "inventory.html"), overwrite: true);
        }

        var script = Regex.Match(page, "<script>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"script-src 'sha256-{hash}'\">", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("3 credentials, 2 credentials with a breach of policy", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=", page);
    }

    [Fact]
    public void One_secret_under_two_names_is_said_to_be_one()
    {
        Described("shop", "aaaa", "stripe").See("v1", 0, tag: "t").Promote("v1", 0).Alive(399).Write(_evidence.Path);
        Described("billing", "bbbb", "payments-key").See("x1", 0, "payments-key", tag: "t").Promote("x1", 0, credential: "payments-key").Alive(399).Write(_evidence.Path);

        Assert.Contains("same value as billing/payments-key", AssertExit(0), StringComparison.Ordinal);
    }

    private void Fleet()
    {
        ShopFleet.Write(_evidence.Path);
        var db = Described("shop", "5511c2d3e4f5a6b7", "db");
        db.Add(db.Event(EvidenceKind.Seen, "v7", 0, "db") with { CreatedOn = WrittenInstance.At(ShopFleet.Now - (60 * 24 * 100)), ExpiresOn = WrittenInstance.At(60 * 24 * 10) });
        db.Promote("v7", 0, credential: "db").Use("v7", 398, "orders", credential: "db", caller: "acme").Alive(399).Write(_evidence.Path);
        var legacy = new WrittenInstance("66aa77bb88cc99dd", "old-app");
        legacy.Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = "legacy" });
        legacy.See("k1", 0, "legacy").Promote("k1", 0, credential: "legacy").Alive(399).Write(_evidence.Path);
    }

    private static WrittenInstance Described(string app, string instance, string credential) =>
        new WrittenInstance(instance, app).Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = credential, Owner = "platform", Backend = "AzureKeyVaultBackend", Location = $"https://vault.example/secrets/{credential}" });

    private static string? One(JsonElement row, string name) => Assert.Single(row.GetProperty(name).EnumerateArray()).GetString();

    private JsonElement[] Rows() => [.. JsonDocument.Parse(AssertExit(0, "--format", "json")).RootElement.EnumerateArray()];

    private string AssertExit(int exit, params string[] options)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var code = CommandLine.Run(["inventory", _evidence.Path, .. options], new FakeTimeProvider(WrittenInstance.At(ShopFleet.Now)), Stream.Null, output, output);
        Assert.True(exit == code, $"{code}: {output}");
        return output.ToString();
    }
}

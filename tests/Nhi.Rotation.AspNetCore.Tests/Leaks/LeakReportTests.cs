using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore.Leaks;

namespace Nhi.Rotation.AspNetCore.Tests.Leaks;

/// <summary>A scanner reports a value; whoever it belongs to is told, and nothing else learns of it.</summary>
public sealed class LeakReportTests
{
    private const string Unknown = "CANARY-of-somebody-else";

    [Fact]
    public async Task A_known_value_is_alerted_of_with_credential_and_version_and_counts_as_no_use()
    {
        await using var app = await LeakApp.StartAsync();

        var (status, body, _) = await app.ReportAsync(LeakApp.Body(LeakApp.Old, Unknown, LeakApp.Mail));

        Assert.Equal(200, status);
        Assert.Equal(
            """[{"isKnown":true,"versions":[{"credential":"stripe","version":"v1","done":"alerted"}]},{"isKnown":false,"versions":[]},{"isKnown":true,"versions":[{"credential":"mail","version":"v1","done":"alerted"}]}]""",
            body);
        var alert = Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 470 && entry.Message.StartsWith("Credential 'stripe'", StringComparison.Ordinal));
        Assert.Equal(
            (LogLevel.Critical, "Credential 'stripe': version 'v1', which is Previous, was reported as leaked by a reporter with the app's key. Done: alerted. Store a new version, and revoke this one where it was issued."),
            (alert.Level, alert.Message));
        Assert.Equal("1 reported values of a reporter with the app's key are none of this app.", Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 471).Message);
        Assert.DoesNotContain(app.Ledger.GetUses("stripe"), use => use.Uses > 0);
        Assert.Equal("v2", app.Stripe.Credentials.Current?.VersionId);
        Assert.Single(app.Stripe.Credentials.Previous);
    }

    [Fact]
    public async Task It_is_revoked_at_once_if_the_app_says_so()
    {
        await using var app = await LeakApp.StartAsync(options => options.Revoke = true);

        var (_, body, _) = await app.ReportAsGitHubAsync(LeakApp.Body(LeakApp.Old));
        var (_, again, _) = await app.ReportAsGitHubAsync(LeakApp.Body(LeakApp.Old));

        Assert.Equal("""[{"isKnown":true,"versions":[{"credential":"stripe","version":"v1","done":"revoked"}]}]""", body);
        Assert.Equal("""[{"isKnown":true,"versions":[{"credential":"stripe","version":"v1","done":"revoked before"}]}]""", again);
        Assert.False(app.Stripe.Match(Encoding.UTF8.GetBytes(LeakApp.Old)).IsAccepted);
        Assert.True(app.Stripe.Match(Encoding.UTF8.GetBytes(LeakApp.Present)).IsAccepted);
        Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 106 && entry.Message.Contains("reported as leaked by GitHub's secret scanning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GitHubs_signature_is_over_the_body_as_it_came_with_a_key_that_is_known()
    {
        await using var app = await LeakApp.StartAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var body = LeakApp.Body(LeakApp.Old);

        Assert.Equal(200, (await app.ReportAsGitHubAsync(body)).Status);
        Assert.Equal(401, (await app.ReportAsGitHubAsync(body, signed: body + " ")).Status);
        Assert.Equal(401, (await app.ReportAsGitHubAsync(body, identifier: "key-2")).Status);
        Assert.Equal(401, (await app.ReportAsGitHubAsync(body, signer: other)).Status);
        Assert.Equal(401, (await app.ReportAsGitHubAsync(body, signature: "nonsense")).Status);
        Assert.Equal(401, (await app.ReportAsGitHubAsync(body, signature: Convert.ToBase64String(new byte[70]))).Status);
        Assert.Equal(401, (await app.ReportAsGitHubAsync(body, signature: new string('A', 100_000)[..9000])).Status);
        Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 470);
    }

    // The sample of GitHub's documentation: its key, its payload, its signature.
    [Fact]
    public async Task GitHubs_own_sample_is_taken_as_it_is_and_not_with_a_byte_changed()
    {
        const string identifier = "90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a";
        const string signature = "MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc=";
        const string body = """[{"token":"some_token","type":"some_type","url":"some_url"}]""";
        await using var app = await LeakApp.StartAsync(
            options => options.AddGitHubKey(identifier, "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUq\nkCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA==\n-----END PUBLIC KEY-----\n"),
            old: "some_token");

        var taken = await app.ReportAsGitHubAsync(body, identifier: identifier, signature: signature);
        var reformatted = await app.ReportAsGitHubAsync(body.Replace("\",", "\", ", StringComparison.Ordinal), identifier: identifier, signature: signature);

        Assert.Equal((200, """[{"isKnown":true,"versions":[{"credential":"stripe","version":"v1","done":"alerted"}]}]"""), (taken.Status, taken.Body));
        Assert.Equal(401, reformatted.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData(LeakApp.Mail)]
    public async Task Nobody_reports_without_the_key(string? key)
    {
        await using var app = await LeakApp.StartAsync();

        Assert.Equal((401, string.Empty), await app.ReportAsync(LeakApp.Body(LeakApp.Old), key) is var answer ? (answer.Status, answer.Body) : default);
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Id.Id == 470);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[{\"token\":\"\"}]")]
    [InlineData("[{\"token\":7}]")]
    [InlineData("[{\"token\":\"x\"}")]
    public async Task What_is_no_report_is_refused(string body)
    {
        await using var app = await LeakApp.StartAsync();

        Assert.Equal((400, 400), ((await app.ReportAsync(body)).Status, (await app.ReportAsGitHubAsync(body)).Status));
    }

    [Fact]
    public async Task Size_number_and_rate_are_limited()
    {
        await using var app = await LeakApp.StartAsync(options => options.MaxRequestsPerMinute = 3);

        Assert.Equal(413, (await app.ReportAsync(new string(' ', 10 * 1024 * 1024))).Status);
        Assert.Equal(400, (await app.ReportAsync(LeakApp.Body([.. Enumerable.Repeat("x", 1001)]))).Status);
        Assert.Equal(200, (await app.ReportAsync(LeakApp.Body([.. Enumerable.Repeat("x", 1000)]))).Status);
        Assert.Equal(429, (await app.ReportAsync(LeakApp.Body(LeakApp.Old))).Status);
        Assert.Equal(429, (await app.ReportAsync(LeakApp.Body(LeakApp.Old), key: null)).Status);
    }

    [Fact]
    public async Task A_body_whose_size_is_not_said_is_read_no_further_than_the_limit()
    {
        await using var app = await LeakApp.StartAsync();

        var answer = await app.ReportAsync(new string(' ', 10 * 1024 * 1024), isChunked: true);

        Assert.Equal(413, answer.Status);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 99)]
    [InlineData(99, 1)]
    [InlineData(100, 100)]
    [InlineData(130, 70)]
    [InlineData(250, 50)]
    public void An_answer_waits_for_the_next_whole_multiple_of_its_time(int elapsed, int rest) =>
        Assert.Equal(TimeSpan.FromMilliseconds(rest), LeakReceiver.Rest(TimeSpan.FromMilliseconds(elapsed), TimeSpan.FromMilliseconds(100)));

    [Fact]
    public async Task Known_and_unknown_take_the_same_time_within_noise()
    {
        await using var app = await LeakApp.StartAsync(options => options.MaxRequestsPerMinute = 1000);
        List<double> known = [], unknown = [];
        string[] many = [.. Enumerable.Range(0, 199).Select(i => $"{Unknown}-{i}")];

        // One after the other, so that a busy machine is as busy for both; the first ones make the code warm.
        for (var i = 0; i < 17; i++)
        {
            known.Add((await app.ReportAsync(LeakApp.Body([.. many, LeakApp.Old]))).Took.TotalMilliseconds);
            unknown.Add((await app.ReportAsync(LeakApp.Body([.. many, Unknown]))).Took.TotalMilliseconds);
        }

        var difference = Median(known[2..]) - Median(unknown[2..]);
        Assert.True(Math.Abs(difference) < 30, $"known took {difference} ms more");

        static double Median(List<double> of) => of.Order().ElementAt(of.Count / 2);
    }

    [Fact]
    public async Task No_answer_comes_before_its_time_known_or_not()
    {
        await using var app = await LeakApp.StartAsync(options =>
        {
            options.Revoke = true;
            options.AnswerTime = TimeSpan.FromMilliseconds(300);
        });

        foreach (var token in (string[])[LeakApp.Old, Unknown, LeakApp.Mail, LeakApp.Old])
        {
            // A timer may be early by the clock's resolution.
            Assert.True((await app.ReportAsync(LeakApp.Body(token))).Took > TimeSpan.FromMilliseconds(280));
        }
    }

    [Fact]
    public async Task No_value_is_in_any_log_line()
    {
        await using var app = await LeakApp.StartAsync(options => options.Revoke = true);
        await app.ReportAsync(LeakApp.Body(LeakApp.Old, Unknown, LeakApp.Present));
        await app.ReportAsync($"[{{\"token\":\"{LeakApp.Old}\"");
        await app.ReportAsync(LeakApp.Body(LeakApp.Old), key: LeakApp.Mail);
        await app.ReportAsGitHubAsync(LeakApp.Body(Unknown), signature: Unknown, identifier: Unknown);

        Assert.DoesNotContain(
            app.Log.GetSnapshot(),
            entry => $"{entry.Message} {entry.Exception} {string.Join(' ', entry.StructuredState?.Select(pair => pair.Value) ?? [])}".Contains("CANARY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_that_nobody_could_use_or_with_keys_that_are_none_is_not_mapped()
    {
        var nobody = await Assert.ThrowsAsync<InvalidOperationException>(() => LeakApp.StartAsync(options =>
        {
            options.KeyCredential = null;
            options.GitHubKeys.Clear();
        }));
        var unknown = await Assert.ThrowsAsync<CredentialUnavailableException>(() => LeakApp.StartAsync(options => options.KeyCredential = "scaner"));
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        await using var bare = WebApplication.CreateSlimBuilder().Build();

        Assert.Contains("Set KeyCredential to the name of a credential, or add GitHub's keys with AddGitHubKey.", nobody.Message, StringComparison.Ordinal);
        Assert.Contains("MapLeakReports(\"/leaks\") uses it", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("is not of the curve P-256", Error(options => options.AddGitHubKey("k", curve.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.Contains("is no public key in PEM form", Error(options => options.AddGitHubKey("k", rsa.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.Contains("is no public key in PEM form", Error(options => options.AddGitHubKey("k", "nonsense")), StringComparison.Ordinal);
        Assert.Contains("AddRotatingCredentials()", Assert.Throws<InvalidOperationException>(() => bare.MapLeakReports("/leaks", options => options.KeyCredential = "x")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeakReportOptions { AnswerTime = TimeSpan.FromMilliseconds(99) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeakReportOptions { MaxRequestsPerMinute = 0 });

        static string Error(Action<LeakReportOptions> configure) => Assert.Throws<ArgumentException>(() => configure(new LeakReportOptions())).Message;
    }
}

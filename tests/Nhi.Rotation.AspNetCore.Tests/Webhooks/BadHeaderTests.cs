namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>Each way in which a header can be bad, for each header of each preset; and clocks that are off.</summary>
public sealed class BadHeaderTests
{
    private const string Body = """{"type":"invoice.paid"}""";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static Dictionary<string, (Func<string, string[]> Change, string Status)> Bad => new()
    {
        ["twice"] = (value => [value, value], "400"),
        ["missing"] = (_ => [], "401"),
        ["empty"] = (_ => [""], "401"),
        ["blank"] = (_ => ["  \t "], "401"),
        ["outside ASCII"] = (value => [value.Insert(value.Length / 2, "é")], "400"),
        ["with a space"] = (value => [value[..4] + " " + value[4..]], "400"),
        ["4 KiB"] = (value => [value + new string('0', 4096)], "400"),
        ["1 MiB"] = (value => [value + new string('0', 1 << 20)], "431"),
        ["NUL"] = (value => [value + "\0"], "400"),
    };

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var preset in Signed.Presets)
            {
                foreach (var (name, _) in Headers(preset, Now))
                {
                    foreach (var bad in Bad.Keys.Where(bad => bad != "with a space" || name is "webhook-id" or "webhook-timestamp" or "X-Slack-Request-Timestamp"))
                    {
                        cases.Add(preset, name, bad);
                    }
                }
            }

            return cases;
        }
    }

    public static TheoryData<string, int, string> Clocks
    {
        get
        {
            var clocks = new TheoryData<string, int, string>();
            foreach (var preset in Signed.Presets.Where(preset => preset != "GitHub"))
            {
                foreach (var (seconds, status) in ((int, string)[])[(-600, "401"), (-301, "401"), (-300, "200"), (0, "200"), (300, "200"), (301, "401"), (600, "401")])
                {
                    clocks.Add(preset, seconds, status);
                }
            }

            return clocks;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_bad_header_is_refused_and_the_message_is_accepted_with_the_right_one(string preset, string header, string bad)
    {
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1), now: Now);
        var right = Headers(preset, Now);
        var (change, status) = Bad[bad];
        var wrong = right.SelectMany(pair => pair.Name == header ? change(pair.Value).Select(value => (pair.Name, value)) : [pair]).ToArray();

        Assert.StartsWith($"HTTP/1.1 {status}", await app.SendRawAsync(Body, wrong), StringComparison.Ordinal);
        Assert.Empty(app.Messages);
        Assert.StartsWith("HTTP/1.1 200", await app.SendRawAsync(Body, right), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_senders_clock_may_be_off_by_the_tolerance_and_no_second_more(string preset, int seconds, string status)
    {
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1), now: Now);

        Assert.StartsWith($"HTTP/1.1 {status}", await app.SendRawAsync(Body, Headers(preset, Now.AddSeconds(seconds))), StringComparison.Ordinal);
        Assert.Equal(status == "200" ? 1 : 0, app.Messages.Count);
    }

    private static (string Name, string Value)[] Headers(string preset, DateTimeOffset at) => Signed.Headers(preset, Body, at, Signed.Secret(preset, 1));
}

using CustomBackend;

namespace Nhi.Rotation.Testing.Tests.Sinks;

/// <summary>The rules for stores of evidence: a good one keeps them, and for each there is one that breaks it and no other.</summary>
public sealed class SinkConformanceTests
{
    private static readonly Uri Address = new("https://logs.internal/insert/jsonline");

    private static readonly Dictionary<string, (string RuleId, Func<LogStore, IEvidenceSink, IEvidenceSink> Make)> Mistakes = new()
    {
        ["writes JSON anew"] = ("NHI-E01", static (_, sink) => Append(sink, static (good, lines, ct) => good.AppendAsync([.. lines.Select(static line => WithText(line, line.Text.Replace(@"\u0000", "", StringComparison.Ordinal)))], ct))),
        ["cuts a long line"] = ("NHI-E02", static (_, sink) => Append(sink, static (good, lines, ct) => good.AppendAsync([.. lines.Select(static line => WithText(line, line.Text[..Math.Min(line.Text.Length, 8192)]))], ct))),
        ["sends the last line later"] = ("NHI-E03", static (_, sink) => new Late(sink)),
        ["refuses lines that it has"] = ("NHI-E04", static (store, sink) => Append(sink, (good, lines, ct) =>
            store.With(has => lines.Any(line => has.Contains(line.Text))) ? throw new EvidenceSinkException("they are there", "Do nothing.") : good.AppendAsync(lines, ct))),
        ["keeps the first of a place"] = ("NHI-E05", static (store, sink) => Append(sink, (good, lines, ct) =>
            good.AppendAsync([.. lines.Where(line => !store.With(has => has.Exists(text => text != line.Text && Start(text) == Start(line.Text))))], ct))),
        ["drops what comes while another one writes"] = ("NHI-E06", static (store, sink) => Append(sink, async (good, lines, ct) =>
        {
            var isAlone = Interlocked.Increment(ref store.Writers) == 1;
            try
            {
                await Task.Delay(1, ct);
                await (isAlone ? good.AppendAsync(lines, ct) : ValueTask.CompletedTask);
            }
            finally
            {
                Interlocked.Decrement(ref store.Writers);
            }
        })),
        ["swallows failures"] = ("NHI-E07", static (_, sink) => Append(sink, static async (good, lines, ct) =>
        {
            try
            {
                await good.AppendAsync(lines, ct);
            }
            catch (EvidenceSinkException)
            {
            }
        })),
        ["does not heed its token"] = ("NHI-E08", static (_, sink) => Append(sink, static (good, lines, _) => good.AppendAsync(lines, CancellationToken.None))),
        ["has no name"] = ("NHI-E09", static (_, sink) => new Nameless(sink)),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> RuleIds => [.. EvidenceSinkConformance.Rules.Select(static rule => rule.Id)];

    public static TheoryData<string> MistakeNames => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_sink_of_the_page_keeps_every_rule(string ruleId)
    {
        using var store = new LogStore(static (_, http) => new HttpEvidenceSink(http, Address));
        var result = await EvidenceSinkConformance.CheckAsync(ruleId, store, Ct);
        Assert.Equal((ConformanceVerdict.Passed, null), (result.Verdict, result.Message));
    }

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public async Task A_sink_that_breaks_one_rule_fails_that_rule_and_no_other(string mistake)
    {
        var (ruleId, make) = Mistakes[mistake];
        using var store = new LogStore((store, http) => make(store, new HttpEvidenceSink(http, Address)));

        var results = await EvidenceSinkConformance.RunAsync(store, Ct);

        Assert.Equal([ruleId], results.Where(static result => result.Verdict == ConformanceVerdict.Failed).Select(static result => result.Rule.Id));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Every_rule_has_a_sink_that_breaks_it(string ruleId) => Assert.Contains(Mistakes.Values, mistake => mistake.RuleId == ruleId);

    [Fact]
    public async Task A_rule_that_does_not_exist_is_refused()
    {
        using var store = new LogStore(static (_, http) => new HttpEvidenceSink(http, Address));
        await Assert.ThrowsAsync<ArgumentException>(() => EvidenceSinkConformance.CheckAsync("NHI-E99", store, Ct));
    }

    private static EvidenceLine WithText(EvidenceLine line, string text) => new(line.App, line.Instance, line.Number, line.At, text);

    private static string Start(string text) => text[..text.IndexOf("\"text\"", StringComparison.Ordinal)];

    private static Changed Append(IEvidenceSink sink, Func<IEvidenceSink, IReadOnlyList<EvidenceLine>, CancellationToken, ValueTask> append) => new(sink, append);

    private sealed class Changed(IEvidenceSink sink, Func<IEvidenceSink, IReadOnlyList<EvidenceLine>, CancellationToken, ValueTask> append) : IEvidenceSink
    {
        public string Name => sink.Name;

        public ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct) => append(sink, lines, ct);
    }

    private sealed class Late(IEvidenceSink sink) : IEvidenceSink
    {
        public string Name => sink.Name;

        // One line alone is kept back for a moment; only the rule that looks at once misses it.
        public async ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct)
        {
            if (lines is [{ Number: 5 }])
            {
                return;
            }

            await sink.AppendAsync(lines, ct);
        }
    }

    private sealed class Nameless(IEvidenceSink sink) : IEvidenceSink
    {
        public string Name => " ";

        public ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct) => sink.AppendAsync(lines, ct);
    }
}

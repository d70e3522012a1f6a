namespace Nhi.Rotation.Testing;

/// <summary>What every store for evidence keeps.</summary>
internal static class SinkRules
{
    private const string Page = "write-an-evidence-sink.md";

    // What a journal gives at once at most, and what a line may be: a credential with the longest names.
    private const int LargestBatch = 1_002;
    private const int LongestText = 64 * 1024;

    public static IReadOnlyList<Checked<SinkRun>> All { get; } =
    [
        Rule("NHI-E01", "A line is stored character for character.", KeepsEachCharacterAsync),
        Rule("NHI-E02", "A batch may have a thousand lines, and a line 64 KiB.", TakesWholeBatchAsync),
        Rule("NHI-E03", "When AppendAsync returns, whoever reads the store finds the lines.", LastsAsync),
        Rule("NHI-E04", "The same lines may come again, alone or with others.", TakesLinesAgainAsync),
        Rule("NHI-E05", "Another line in the same place of a chain is stored too, not instead and not refused: it is evidence.", KeepsContradictionsAsync),
        Rule("NHI-E06", "Several processes write to one store at the same time, and nothing is lost.", TakesManyWritersAsync),
        Rule("NHI-E07", "A failure is an exception, and afterwards the same lines are taken.", RecoversAsync),
        Rule("NHI-E08", "A store that does not answer is given up when the token is cancelled.", HeedsTokenAsync),
        Rule("NHI-E09", "It has a name for messages.", HasNameAsync),
    ];

    private static Checked<SinkRun> Rule(string id, string statement, Func<SinkRun, Task<Finding>> check) => new(new ConformanceRule(id, statement, Page), check);

    private static async Task<Finding> KeepsEachCharacterAsync(SinkRun run)
    {
        // Quotes, backslashes as JSON has them, what a shell or SQL would take, signs of several bytes.
        var lines = run.NewLines(1, """' \" \\ \n \u0000 $1 ; -- %s {0} äöü 密钥 🔑   """);
        await run.Fixture.New().AppendAsync(lines, run.Ct).ConfigureAwait(false);
        return await run.FindAllAsync(lines).ConfigureAwait(false);
    }

    private static async Task<Finding> TakesWholeBatchAsync(SinkRun run)
    {
        var sink = run.Fixture.New();
        var many = run.NewLines(LargestBatch);
        await sink.AppendAsync(many, run.Ct).ConfigureAwait(false);
        var large = run.NewLines(2, new string('x', LongestText));
        await sink.AppendAsync(large, run.Ct).ConfigureAwait(false);
        return await run.FindAllAsync([.. many, .. large]).ConfigureAwait(false);
    }

    private static async Task<Finding> LastsAsync(SinkRun run)
    {
        var sink = run.Fixture.New();
        var lines = run.NewLines(5);
        foreach (var line in lines)
        {
            await sink.AppendAsync([line], run.Ct).ConfigureAwait(false);
            if ((await run.CountAsync([line]).ConfigureAwait(false))[0] == 0)
            {
                return Finding.Failed($"line {line.Number} is not there when AppendAsync has returned");
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> TakesLinesAgainAsync(SinkRun run)
    {
        var sink = run.Fixture.New();
        var lines = run.NewLines(4);
        await sink.AppendAsync(lines[..2], run.Ct).ConfigureAwait(false);
        await sink.AppendAsync(lines[..2], run.Ct).ConfigureAwait(false);
        await run.Fixture.New().AppendAsync(lines, run.Ct).ConfigureAwait(false);
        return await run.FindAllAsync(lines).ConfigureAwait(false);
    }

    private static async Task<Finding> KeepsContradictionsAsync(SinkRun run)
    {
        var first = run.NewLines(1)[0];
        var second = new EvidenceLine(first.App, first.Instance, first.Number, first.At, first.Text.Replace("\"text\":\"", "\"text\":\"other", StringComparison.Ordinal));
        await run.Fixture.New().AppendAsync([first], run.Ct).ConfigureAwait(false);
        await run.Fixture.New().AppendAsync([second], run.Ct).ConfigureAwait(false);
        return await run.FindAllAsync([first, second]).ConfigureAwait(false);
    }

    private static async Task<Finding> TakesManyWritersAsync(SinkRun run)
    {
        var chains = Enumerable.Range(0, 4).Select(_ => run.NewLines(20)).ToList();
        await Task.WhenAll(chains.Select(async lines =>
        {
            var sink = run.Fixture.New();
            foreach (var batch in lines.Chunk(3))
            {
                await sink.AppendAsync(batch, run.Ct).ConfigureAwait(false);
            }
        })).ConfigureAwait(false);
        return await run.FindAllAsync([.. chains.SelectMany(static lines => lines)]).ConfigureAwait(false);
    }

    private static async Task<Finding> RecoversAsync(SinkRun run)
    {
        var sink = run.Fixture.New();
        var lines = run.NewLines(3);
        await sink.AppendAsync(run.NewLines(1), run.Ct).ConfigureAwait(false);
        using (var failing = run.Fixture.TryFail())
        {
            if (failing is null)
            {
                return Finding.NotApplicable("the store cannot be made to fail");
            }

            if (await SinkRun.FailureAsync(sink, lines, run.Ct).ConfigureAwait(false) is null)
            {
                return Finding.Failed("AppendAsync returns although the store fails");
            }
        }

        // A connection that broke may have to be told so once: the library tries again too.
        if (await SinkRun.FailureAsync(sink, lines, run.Ct).ConfigureAwait(false) is not null)
        {
            await sink.AppendAsync(lines, run.Ct).ConfigureAwait(false);
        }

        return await run.FindAllAsync(lines).ConfigureAwait(false);
    }

    private static async Task<Finding> HeedsTokenAsync(SinkRun run)
    {
        var sink = run.Fixture.New();
        var lines = run.NewLines(2);
        await sink.AppendAsync(run.NewLines(1), run.Ct).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Ct);
        using (var blocked = run.Fixture.TryBlock())
        {
            if (blocked is null)
            {
                return Finding.NotApplicable("the store cannot be blocked");
            }

            var call = Task.Run(() => SinkRun.FailureAsync(sink, lines, stop.Token), run.Ct);
            await stop.CancelAsync().ConfigureAwait(false);
            if (await Task.WhenAny(call, Task.Delay(run.Fixture.Patience, run.Time, run.Ct)).ConfigureAwait(false) != call)
            {
                return Finding.Failed($"it still waits {run.Fixture.Patience.TotalSeconds:0.#} s after its token was cancelled");
            }
        }

        await sink.AppendAsync(lines, run.Ct).ConfigureAwait(false);
        return await run.FindAllAsync(lines).ConfigureAwait(false);
    }

    private static Task<Finding> HasNameAsync(SinkRun run) =>
        Task.FromResult(string.IsNullOrWhiteSpace(run.Fixture.New().Name) ? Finding.Failed("Name is empty") : Finding.Passed);
}

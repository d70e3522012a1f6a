using System.Globalization;
using System.Text.Json.Nodes;
using Databases;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Ops.Tests.Fleet;
using Nhi.Rotation.Ops.Tests.Support;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Ops.Tests.Sources;

/// <summary>
/// Sixty processes of three services that come and go, some killed and some stopped in good order, through two rotations, one of them with a key that one process captured. What they say goes to files, to logs
/// in three forms, to PostgreSQL and to Prometheus, and each of these alone has the verdict of the others; whoever waits by any of them is told in time and never early. Sixty starts of .NET cost a minute of two cores, so it runs only when it is asked for:
/// <c>dotnet run --project tests/Nhi.Rotation.Ops.Tests -- -explicit only</c>, as CI does.
/// </summary>
public sealed class SourcesTests : IAsyncDisposable
{
    private const int Fleet = 60;
    private const string VerdictOfK2 = "nhi:credential:verdict{nhi_credential_version=\"k2\"}";

    // A list says who is gone if it is a minute younger than their last line, so the tool looks two minutes later: at lines that were written a few seconds ago.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

    // Prometheus looks each second, at what is a second old at most; the rest is for a busy machine.
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(15);
    private static readonly LaterTime Later = new(TimeSpan.FromMinutes(2));

    // A running one writes a line a minute.
    private static readonly string MaxAge = $"{Later.By.TotalSeconds + 75}s";
    private static readonly string Old = $"{Later.By.TotalSeconds + 5}s";
    private static readonly string Password = PostgresServer.NewPassword();
    private static readonly string[] Services = ["orders", "billing", "mail"];

    private readonly List<Member> _alive = [];
    private readonly List<(string Pod, string How)> _ended = [];
    private readonly Random _random = new(1);
    private string _directory = "";
    private PrometheusServer? _prometheus;
    private int _started;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _alive)
        {
            await member.DisposeAsync();
        }

        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        if (_directory.Length > 0)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact(Explicit = true)]
    public async Task Every_source_has_the_verdict_of_every_other_and_a_list_of_who_is_alive_replaces_all_that_was_to_be_declared()
    {
        if (PostgresServer.FindPrograms() is not { } programs)
        {
            Installed.SkipUnlessInCi("PostgreSQL is not installed: apt-get install postgresql-15");
            return;
        }

        _directory = Directory.CreateTempSubdirectory("sources-").FullName;
        await using var server = await PostgresServer.StartAsync(programs);
        var place = await PrepareAsync(server);
        var prometheus = _prometheus = PrometheusServer.Start(_directory, Quiet, []);
        SecretFile.Write(place.Secret, "k1");
        await GrowAsync(place, 9);
        await AgreeAsync(place, "nothing was rotated", static answer => answer.Exit == 3);

        SecretFile.Write(place.Secret, "k1", "k2");
        await ChurnAsync(place, 24, "k2");
        await AgreeAsync(place, "the first rotation", static answer => answer.Kinds == "k1 SafeToRevoke");

        // Nobody but the list says who is gone, and without it the killed ones are in the way as soon as their last line is old.
        Assert.Contains(_ended, static ended => ended.How == "killed");
        await Eventually.TrueAsync(() => Sources(place).All(static source => Verify([.. source, "--max-age", Old]).Exit == 3));

        var captor = _alive[0];
        await captor.TellAsync("capture");
        SecretFile.Write(place.Secret, "k2", "k3");
        await ChurnAsync(place, Fleet - _started, "k3", spared: captor);
        var alive = AliveFile();
        var byFiles = WaitAsync(Later, [.. Sources(place)[0], "--alive", alive, "--max-age", MaxAge]);
        var byMetrics = WaitAsync(TimeProvider.System, ["--prometheus", prometheus.Address.AbsoluteUri]);
        await AgreeAsync(place, "a captured key", static answer => answer.Kinds.Contains("k2 StillUsed", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => (await prometheus.QueryAsync($"{VerdictOfK2} == 3", Ct)).Count == 1);
        Assert.False(byFiles.IsCompleted || byMetrics.IsCompleted);

        // Until then it was presented a hundred times a second.
        var truth = TimeProvider.System.GetUtcNow() + Quiet;
        await captor.TellAsync("release");
        await AgreeAsync(place, "the key was let go", static answer => answer is { Exit: 0, Kinds: "k1 SafeToRevoke, k2 SafeToRevoke" });
        EndsInTime("files", await byFiles, truth);
        EndsInTime("Prometheus", await byMetrics, truth);
        var samples = await prometheus.SamplesAsync(VerdictOfK2, TimeProvider.System.GetUtcNow() - truth + Quiet, Ct);
        Assert.All(samples, sample => Assert.True(sample.At > truth || sample.Value != 1, $"{sample} is {truth - sample.At} early"));
        Assert.Equal(Fleet, _started);

        // Whoever owns the table can change a row, and not without a trace.
        await server.ExecuteAsync("UPDATE nhi_evidence SET line = 'x' WHERE instance = (SELECT min(instance) FROM nhi_evidence)");
        Assert.Equal([0, 0, 2, 2], Sources(place).Select(source => Verify([.. source, "--alive", AliveFile()]).Exit));
    }

    private static void EndsInTime(string source, Ended wait, DateTimeOffset truth)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"wait by {source} ended {(wait.At - truth).TotalSeconds:0.0} s after the truth");
        Assert.True(wait.Exit == 0, wait.Output);
        Assert.InRange(wait.At - truth, TimeSpan.Zero, InTime);
    }

    private static Task<Ended> WaitAsync(TimeProvider time, string[] source) => Task.Run(
        () =>
        {
            var (exit, output) = Run(["wait", .. source, "--credential", "partner", "--old-version", "k2", "--interval", "1s", "--timeout", "100s"], time);
            return new Ended(TimeProvider.System.GetUtcNow(), exit, output);
        },
        Ct);

    private async Task<MemberPlace> PrepareAsync(PostgresServer server)
    {
        await server.ExecuteAsync(await File.ReadAllTextAsync(Repository.EvidenceTable, Ct));
        await server.ExecuteAsync($"CREATE ROLE fleet LOGIN PASSWORD '{Password}'; GRANT INSERT (app, instance, number, written_at, line) ON nhi_evidence TO fleet");
        await server.ExecuteAsync($"CREATE ROLE reader LOGIN PASSWORD '{Password}'; GRANT SELECT ON nhi_evidence TO reader");
        await File.WriteAllTextAsync(Path.Join(_directory, "reader"), $"{server.ConnectionString("reader")};Username=reader;Password={Password}\n", Ct);
        return new MemberPlace(_directory, $"{server.ConnectionString("fleet")};Username=fleet;Password={Password};Maximum Pool Size=2");
    }

    private async Task GrowAsync(MemberPlace place, int count)
    {
        var first = _started;
        _started += count;
        _alive.AddRange(await Task.WhenAll(Enumerable.Range(first, count).Select(number => Member.StartAsync(place, Services[number % Services.Length], number))));
        _prometheus!.Scrape(_alive.Select(static member => member.Target));
    }

    // New ones come before old ones go, as an orchestrator does it; the last that came stay.
    private async Task ChurnAsync(MemberPlace place, int count, string version, Member? spared = null)
    {
        for (var left = count; left > 0;)
        {
            var size = Math.Min(left, 6);
            left -= size;
            await GrowAsync(place, size);
            foreach (var member in _alive.Where(member => member != spared).Take(size).ToList())
            {
                var isKilled = _random.Next(2) == 0;
                await (isKilled ? member.KillAsync() : member.StopAsync());
                _ended.Add((member.Pod, isKilled ? "killed" : "stopped"));
                _alive.Remove(member);
                await member.DisposeAsync();
            }

            _prometheus!.Scrape(_alive.Select(static member => member.Target));
        }

        await Task.WhenAll(_alive.Where(member => member != spared).Select(member => member.TellAsync($"await {version}")));
    }

    // No source may call it safe while the truth is another, at no look; and in the end all say the same.
    private async Task AgreeAsync(MemberPlace place, string when, Func<Answer, bool> isTrue)
    {
        Answer[] answers = [];
        var looks = 0;
        await Eventually.TrueAsync(
            () =>
            {
                var alive = AliveFile();
                answers = [.. Sources(place).Select(source => Verify([.. source, "--alive", alive]))];
                looks++;
                Assert.All(answers, answer => Assert.True(answer.Exit != 0 || isTrue(answer), $"{when}: {answer.Exit} {answer.Kinds}"));
                return answers.Distinct().Count() == 1 && isTrue(answers[0]);
            },
            () => $"{when}: {string.Join("\n\n", answers.Select(static answer => $"{answer.Exit} {answer.Kinds}"))}");
        TestContext.Current.TestOutputHelper!.WriteLine($"{when}: {answers[0].Exit} {answers[0].Kinds} in all of {answers.Length} sources at look {looks}; {_alive.Count} alive, {_ended.Count(static ended => ended.How == "killed")} killed, {_ended.Count(static ended => ended.How == "stopped")} stopped");
    }

    private string AliveFile()
    {
        var path = Path.Join(_directory, "alive");
        File.WriteAllLines(path + ".next", _alive.Select(static member => $"pod/{member.Pod}"));
        File.SetLastWriteTimeUtc(path + ".next", Later.GetUtcNow().UtcDateTime);
        File.Move(path + ".next", path, overwrite: true);
        return path;
    }

    private static string[][] Sources(MemberPlace place) =>
    [
        [place.Evidence],
        [.. Directory.GetFiles(place.Logs)],
        ["--postgres-file", Path.Join(place.Directory, "reader")],
        [place.Evidence, .. Directory.GetFiles(place.Logs), "--postgres-file", Path.Join(place.Directory, "reader")],
    ];

    private static Answer Verify(string[] source)
    {
        var (exit, output) = Run(["verify", .. source, "--format", "json", "--credential", "partner", .. source.Contains("--max-age") ? Array.Empty<string>() : ["--max-age", MaxAge]], Later);
        var kinds = output.StartsWith('{') && JsonNode.Parse(output)!["rotations"] is JsonArray rotations
            ? rotations.Select(static rotation => $"{rotation!["oldVersion"]} {rotation["verdict"]}").Order(StringComparer.Ordinal)
            : (IEnumerable<string>)[];
        return new Answer(exit, string.Join(", ", kinds));
    }

    private static (int Exit, string Output) Run(string[] arguments, TimeProvider time)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        return (CommandLine.Run(arguments, time, Stream.Null, output, output), output.ToString());
    }

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public TimeSpan By => by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    private sealed record Answer(int Exit, string Kinds);

    private sealed record Ended(DateTimeOffset At, int Exit, string Output);
}

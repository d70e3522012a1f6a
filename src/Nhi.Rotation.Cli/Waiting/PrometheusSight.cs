using System.Globalization;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>
/// The verdict from metrics, by the recording rules that ship with the project. It is safe only if every old version that was asked for is, at one moment, by rules that were evaluated lately, and no target that ever had a
/// credential is down.
/// </summary>
internal sealed class PrometheusSight(PrometheusClient client, PrometheusQuestion question) : ISightSource
{
    private const int Safe = 1;
    private const int StillUsed = 3;
    private const int Violated = 4;

    private Sight? _last;

    public async Task<Sight> LookAsync(CancellationToken ct)
    {
        try
        {
            return _last = await AskAsync(ct);
        }
        catch (PrometheusException problem)
        {
            return _last = Sight.Nothing(problem.Message, SightState.Unreadable);
        }
    }

    public void Write(TextWriter output)
    {
        foreach (var line in _last?.Lines ?? [])
        {
            output.WriteLine(TerminalText.Of(line));
        }

        output.WriteLine(_last?.State == SightState.Safe
            ? "SAFE, as far as Prometheus has seen: verify reads the evidence itself."
            : "VIOLATED: an old version was used or accepted after its end.");
    }

    private async Task<Sight> AskAsync(CancellationToken ct)
    {
        var verdict = $"nhi:credential:verdict{question.Selector(hasVersion: true)}";
        var verdicts = await client.QueryAsync(verdict, at: null, ct);
        if (verdicts.Count == 0)
        {
            return Sight.Nothing("no old version is known to Prometheus, of what was asked for; it needs the rules nhi-rotation.rules.yml", SightState.Waiting);
        }

        // All of what follows is of the moment that the verdicts are of.
        var at = verdicts[0].At;
        var stale = await client.QueryAsync(string.Create(CultureInfo.InvariantCulture, $"time() - timestamp({verdict}) > {question.MaxAge.TotalSeconds}"), at, ct);
        var down = await client.QueryAsync($"up == 0 and on (job) group by (job) (last_over_time(nhi_credential_stage{question.Selector(hasVersion: false)}[1d]))", at, ct);
        string[] doubts =
        [
            .. stale.Select(static _ => "the rules have not been evaluated lately").Distinct(),
            .. down.Select(static target => $"{target.Known("job")} {target.Known("instance")} cannot be scraped").Order(StringComparer.Ordinal),
            .. await MissingAsync(at, ct),
        ];
        var users = await UsersAsync(verdicts, at, ct);
        PrometheusSeries[] open = [.. verdicts.Where(static one => one.Value is not Safe).OrderByDescending(static one => one.Value)];
        return Array.Exists(open, static one => one.Value is Violated) ? Seen(SightState.Violated, open, users, [])
            : open.Length > 0 || doubts.Length > 0 ? Seen(SightState.Waiting, open, users, doubts)
            : Seen(SightState.Safe, verdicts, users, []);
    }

    private static Sight Seen(SightState state, IEnumerable<PrometheusSeries> verdicts, ILookup<(string, string), string> users, string[] doubts)
    {
        string[] lines = [.. verdicts.Select(one => Line(one, users[Version(one)])), .. doubts];
        return new Sight(state, lines, string.Join('\n', [state.ToString(), .. lines]));
    }

    private static string Line(PrometheusSeries verdict, IEnumerable<string> users) =>
        $"{verdict.Known("nhi_credential_name")} {verdict.Known("nhi_credential_version")}: {Word(verdict.Value)}{(users.Any() ? $": {string.Join(", ", users)}" : "")}";

    private static string Word(double value) => value switch
    {
        Safe => nameof(VerdictKind.SafeToRevoke),
        StillUsed => nameof(VerdictKind.StillUsed),
        Violated => nameof(VerdictKind.Violated),
        _ => nameof(VerdictKind.InOverlap),
    };

    private static (string Name, string Version) Version(PrometheusSeries series) => (series.Label("nhi_credential_name"), series.Label("nhi_credential_version"));

    // Who it is about, for people: what decides is the verdict.
    private async Task<ILookup<(string, string), string>> UsersAsync(IReadOnlyList<PrometheusSeries> verdicts, string at, CancellationToken ct)
    {
        var asked = verdicts.Select(Version).ToHashSet();
        var of = question.Selector(hasVersion: true);
        var users = await client.QueryAsync($"nhi:credential:violated{of} or nhi:credential:still_used{of} or nhi:credential:unproven{of}", at, ct);
        return users.Where(user => asked.Contains(Version(user))).OrderBy(static user => user.Label("instance"), StringComparer.Ordinal)
            .Select(static user => (Of: Version(user), Text: $"{user.Known("nhi_consumer")}{(user.Label("nhi_caller") is { Length: > 0 } caller ? $" (caller {caller})" : "")} at {user.Known("instance")}"))
            .Distinct().ToLookup(static user => user.Of, static user => user.Text);
    }

    private async Task<IReadOnlyList<string>> MissingAsync(string at, CancellationToken ct)
    {
        if (question.Expected.Count == 0)
        {
            return [];
        }

        var there = await client.QueryAsync($"count by (job) (group by (job, instance) (nhi_credential_stage{question.Selector(hasVersion: false)}) and on (job, instance) up == 1)", at, ct);
        return
        [
            .. from job in question.Expected
               let count = there.Where(one => one.Label("job") == job.Key).Select(static one => one.Value).FirstOrDefault()
               where count < job.Value
               orderby job.Key
               select string.Create(CultureInfo.InvariantCulture, $"{job.Value} instances of {job.Key} should be there, and {count} are scraped"),
        ];
    }
}

using System.CommandLine;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>The verdict from evidence, as <c>verify</c> gives it, read anew with each look.</summary>
internal sealed class EvidenceSight(FleetInquiry inquiry, ParseResult arguments, TimeProvider time) : ISightSource
{
    private FleetAnswer? _last;

    public Task<Sight> LookAsync(CancellationToken ct) => Task.FromResult(Look());

    public void Write(TextWriter output)
    {
        if (_last is { } answer)
        {
            TableOutput.Write(answer.Report, answer.LeftAlone, output);
        }
    }

    private Sight Look()
    {
        _last = null;
        try
        {
            if (!inquiry.TryAsk(arguments, time.GetUtcNow(), out var answer, out var problem))
            {
                return Sight.Nothing(problem, SightState.Senseless);
            }

            _last = answer;
            return Of(answer.Report);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Sight.Nothing(error.Message, SightState.Unreadable);
        }
    }

    private static Sight Of(FleetReport report)
    {
        var exit = report.ToExitCode();
        FleetRotation[] open = [.. report.Rotations.Where(static rotation => rotation.Kind is not (VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)).OrderByDescending(static rotation => rotation.Kind == VerdictKind.StillUsed)];
        string[] lines =
        [
            .. open.Select(Line),
            .. report.OpenQuestions,
            .. report.Rotations.Count == 0 ? ["no rotation is known yet, of what was asked for"] : Array.Empty<string>(),
            .. exit == ExitCode.NotEnoughEvidence && open.Length + report.OpenQuestions.Count == 0 && report.Rotations.Count > 0 ? ["a file cannot be understood: see verify"] : Array.Empty<string>(),
        ];
        return new Sight(
            exit switch { ExitCode.Safe => SightState.Safe, ExitCode.Violated => SightState.Violated, _ => SightState.Waiting },
            exit == ExitCode.Safe ? [.. report.Rotations.Select(static rotation => $"{rotation.CredentialName} {rotation.From}: {rotation.Kind}")] : lines,
            string.Join('\n', [exit.ToString(), .. open.Select(Key), .. report.OpenQuestions]));
    }

    private static string Line(FleetRotation rotation)
    {
        var worst = rotation.Instances[0];
        var others = rotation.Instances.Count(instance => instance.Verdict.Kind == rotation.Kind) - 1;
        return $"{rotation.CredentialName} {rotation.From}: {rotation.Kind} in {worst.App} {worst.Instance}{(others > 0 ? $" and {others} more" : "")}: {(worst.Verdict.Reasons is [var reason, ..] ? reason : "no reason is given")}";
    }

    // Without times: that somebody used it again is no change.
    private static string Key(FleetRotation rotation) =>
        $"{rotation.CredentialName} {rotation.From} {rotation.Kind} " + string.Join(", ", rotation.Instances
            .Where(instance => instance.Verdict.Kind == rotation.Kind)
            .SelectMany(static instance => instance.Verdict.Users.Concat(instance.Verdict.Unproven).Select(use => $"{instance.Instance}/{VerdictWords.User(use)}"))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));
}

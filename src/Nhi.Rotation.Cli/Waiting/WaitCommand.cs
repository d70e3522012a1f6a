using System.CommandLine;
using Nhi.Rotation.Cli.Output;
using Spectre.Console;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary><c>nhi-rotation wait</c>: waits until the old versions may be revoked.</summary>
internal sealed class WaitCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromHours(24);

    private readonly FleetInquiry _inquiry;
    private readonly PrometheusOptions _prometheus = new();
    private readonly Option<TimeSpan?> _timeout = new("--timeout") { Description = "How long to wait, 24h by default. When it is up, the exit code is 4.", CustomParser = TimeArgument.Parse };
    private readonly Option<TimeSpan?> _interval = new("--interval") { Description = "How long between two looks, 15s by default.", CustomParser = TimeArgument.Parse };
    private readonly TimeProvider _time;

    private WaitCommand(TimeProvider time, Stream input) => (_time, _inquiry) = (time, new FleetInquiry(input, isAskedAgain: true));

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var wait = new WaitCommand(time, input);
        var command = new Command("wait", "Waits until the old versions may be revoked, by evidence or by Prometheus, and says what it waits for. What is not known is not safe. Exit code: 0 safe, 2 violated or tampered with, 4 time is up, 64 usage, 66 nothing can be read or asked, 130 interrupted.")
        {
            wait._timeout, wait._interval,
        };
        wait._inquiry.AddTo(command);
        foreach (var option in wait._prometheus.All)
        {
            command.Add(option);
        }

        command.SetAction(async (arguments, ct) => (int)await wait.RunAsync(arguments, output, errors, ct));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult arguments, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (FindMistake(arguments) is { } mistake)
        {
            return UsageError.Write(errors, [mistake]);
        }

        using var client = _prometheus.IsGiven(arguments) ? _prometheus.Open(arguments) : null;
        var wrong = _inquiry.Options.TryRead(arguments, _time.GetUtcNow(), out var question);
        ISightSource source = client is null
            ? new EvidenceSight(_inquiry, arguments, _time)
            : new PrometheusSight(client, new PrometheusQuestion(question.CredentialName, question.OldVersion, question.MaxAge, question.Expected));
        return wrong is not null ? UsageError.Write(errors, [wrong]) : await WaitAsync(source, arguments, output, errors, ct);
    }

    private string? FindMistake(ParseResult arguments) =>
        _inquiry.HasEvidence(arguments) == _prometheus.IsGiven(arguments) ? "Say where the verdict comes from: evidence (paths, or --postgres), or --prometheus."
        : _prometheus.IsGiven(arguments) && _inquiry.Options.FindForEvidenceOnly(arguments) is { } option ? $"{option} is about evidence: Prometheus knows nothing of it."
        : arguments.GetValue(_interval) < TimeSpan.FromSeconds(1) ? "--interval: no shorter than 1s."
        : _prometheus.IsGiven(arguments) ? _prometheus.FindMistake(arguments)
        : null;

    private async Task<ExitCode> WaitAsync(ISightSource source, ParseResult arguments, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        Task<(Sight Sight, bool IsTimeUp)> Run(IWaitDisplay display) => new Wait(source, display, _time).RunAsync(arguments.GetValue(_interval) ?? DefaultInterval, arguments.GetValue(_timeout) ?? DefaultTimeout, ct);
        try
        {
            var terminal = new AnsiConsoleOutput(output);
            var (sight, isTimeUp) = terminal.IsTerminal
                ? await Terminal.Open(terminal).Live(new Text("looking")).AutoClear(enabled: true).StartAsync(context => Run(new TerminalDisplay(context)))
                : await Run(new LineDisplay(output));
            return End(source, sight, isTimeUp, output, errors);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("Interrupted: it was not safe yet.");
            return ExitCode.Interrupted;
        }
    }

    private static ExitCode End(ISightSource source, Sight sight, bool isTimeUp, TextWriter output, TextWriter errors)
    {
        if (isTimeUp)
        {
            output.WriteLine($"TIME IS UP, and it is not safe: {string.Join("; ", sight.Lines.Select(TerminalText.Of))}");
            return ExitCode.TimeUp;
        }

        switch (sight.State)
        {
            case SightState.Senseless:
                return UsageError.Write(errors, sight.Lines);
            case SightState.Unreadable:
                errors.WriteLine(TerminalText.Of(sight.Lines[0]));
                errors.WriteLine("No verdict: what cannot be read proves nothing.");
                return ExitCode.CannotRead;
            default:
                source.Write(output);
                return sight.State == SightState.Safe ? ExitCode.Safe : ExitCode.Violated;
        }
    }
}

using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using Nhi.Rotation.Benchmarks;

// Without arguments: every suite as a short job, one table each. "--scale", "--weight", "--latency", "--timing" and "--throughput" measure what no micro-benchmark can; anything else goes to BenchmarkDotNet.
switch (args)
{
    case []:
        RunAll();
        break;
    case ["--scale", ..]:
        await ScaleMeasurement.RunAsync();
        break;
    case ["--weight", ..]:
        await WeightMeasurement.RunAsync(args is [_, var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 100_000);
        break;
    case ["--latency", ..]:
        await LatencyMeasurement.RunAsync();
        break;
    case ["--timing", ..]:
        TimingMeasurement.Run();
        break;
    case ["--evidence", var directory, var instances, var lines]:
        EvidenceFiles.Write(directory, int.Parse(instances, CultureInfo.InvariantCulture), int.Parse(lines, CultureInfo.InvariantCulture));
        break;
    case ["--throughput", ..]:
        await ThroughputMeasurement.RunAsync();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ReadBenchmarks).Assembly).Run(args, ShortRun.Config.AddLogger(ConsoleLogger.Default));
        break;
}

static void RunAll()
{
    foreach (var suite in (Type[])[typeof(ReadBenchmarks), typeof(ThreadsBenchmarks), typeof(MatchBenchmarks), typeof(WebhookBenchmarks), typeof(HttpBenchmarks)])
    {
        ConsoleLogger.Default.WriteLineHeader($"{suite.Name} ...");
        var summary = BenchmarkRunner.Run(suite, ShortRun.Config.AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableLogFile));
        MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
    }
}

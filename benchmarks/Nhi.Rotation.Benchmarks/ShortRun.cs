using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Nhi.Rotation.Benchmarks;

/// <summary>A job of a few seconds for each benchmark: enough for ratios, and the same for all of them.</summary>
internal static class ShortRun
{
    public static ManualConfig Config => ManualConfig.CreateEmpty()
        .WithBuildTimeout(TimeSpan.FromMinutes(10))
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddAnalyser([.. DefaultConfig.Instance.GetAnalysers()])
        .AddJob(Job.Default.WithWarmupCount(6).WithIterationCount(12).WithIterationTime(TimeInterval.FromMilliseconds(120)))
        .HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.AllocRatio)
        .AddColumn(StatisticColumn.Min);
}

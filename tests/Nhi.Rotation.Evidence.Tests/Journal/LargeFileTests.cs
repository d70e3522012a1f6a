using System.Text;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Memory does not grow with files. Measured while no other test runs.</summary>
[CollectionDefinition(nameof(LargeFileTests), DisableParallelization = true)]
[Collection(nameof(LargeFileTests))]
public sealed class LargeFileTests
{
    [Fact]
    public void The_memory_it_takes_does_not_grow_with_the_file()
    {
        // 40 MB of lines that a sweep each wrote.
        var use = new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Rotate("v1", "v2", 100);
        for (var i = 0; i < 1_000; i++)
        {
            use.Use("v2", 102 + (i / 1_000d));
        }

        using var evidence = new EvidenceDirectory();
        var file = use.Alive(300).Write(evidence.Path);
        Repeat(file, times: 100);
        Assert.InRange(new FileInfo(file).Length, 40_000_000, 80_000_000);

        var peak = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var head = FileHead.Of(file);
        var lines = 0;
        foreach (var line in LineReader.Read(file))
        {
            if (++lines % 20_000 == 0)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
            }

            GC.KeepAlive(line);
        }

        var instance = ChainCheck.Of([head], earlier: null);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(lines, instance.Lines);
        Assert.Equal([FindingKind.SetBack, FindingKind.Unclosed], instance.Findings.Select(finding => finding.Kind).Distinct());
        Assert.True(peak < 4_000_000, $"{peak} bytes while reading");
        Assert.True(kept < 4_000_000, $"{kept} bytes for the result");
        GC.KeepAlive(instance);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("{}\n")]
    [InlineData("{\"seq\":1}\n")]
    [InlineData("{\"seq\":1,\"instance\":\"a\"\n")]
    [InlineData("\0\n")]
    public void Lines_that_are_none_cost_no_exception_each(string line)
    {
        using var evidence = new EvidenceDirectory();
        var file = Path.Combine(evidence.Path, "shop-aaaa-0001.jsonl");
        File.WriteAllText(file, string.Concat(Enumerable.Repeat(line, 10_000)));

        var (here, thrown) = (Environment.CurrentManagedThreadId, 0);
        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs error) => thrown += Environment.CurrentManagedThreadId == here ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            Assert.Equal(10_000, LineReader.Read(file).Count(static one => one.Content is null));
            Assert.True(FileHead.Of(file).IsClaim);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.Equal(0, thrown);
    }

    // The same lines again and again, as one chain.
    private static void Repeat(string file, int times)
    {
        var lines = File.ReadAllLines(file);
        using var output = File.Create(file);
        var (seq, last) = (0L, LineSeal.Origin);
        foreach (var line in Enumerable.Repeat(lines[1..], times).SelectMany(part => part).Prepend(lines[0]))
        {
            var (start, end) = (line.IndexOf(',', StringComparison.Ordinal), line.LastIndexOf(",\"prev\":", StringComparison.Ordinal));
            last = LineSeal.Seal(Encoding.UTF8.GetBytes($"{{\"seq\":{++seq}{line[start..end]},\"prev\":\"{last}\"}}"), output);
        }
    }
}

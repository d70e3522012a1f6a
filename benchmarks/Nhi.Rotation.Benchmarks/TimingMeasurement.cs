using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Benchmarks.Support;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Benchmarks;

/// <summary>
/// Whether the time of a comparison tells what was presented, in the way of dudect (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017):
/// two classes in random order, the slowest samples cut off, Welch's t-test. The engine's comparison is measured without what follows it: that a key was
/// recognised is what the answer says anyway. Three controls run through the same test: one class against itself, an equal table that lies elsewhere in memory,
/// and a comparison that stops early.
/// </summary>
internal static class TimingMeasurement
{
    private const int Samples = 200_000;

    // One call is shorter than the resolution of the clock.
    private const int CallsPerSample = 16;

    // Interrupts and collections are slow in any class.
    private const double Kept = 0.9;

    // The threshold of dudect and of the leakage tests it comes from.
    private const double Threshold = 4.5;

    private static readonly byte[] Expected = Encoding.UTF8.GetBytes(Keys.Current);

    public static void Run()
    {
        var table = Table(Keys.Retired, Keys.Previous, Keys.Current);
        var equal = Table(Keys.Retired, Keys.Previous, Keys.Current);
        var otherLengths = Table(Keys.Retired[..24], Keys.Previous[..32], Keys.UnknownOtherLength);
        var retired = Encoding.UTF8.GetBytes(Keys.Retired);
        var unknown = Encoding.UTF8.GetBytes(Keys.UnknownSameLength);
        Console.WriteLine($"{"classes",-36} {"a, ns",8} {"b, ns",8} {"difference",11} {"t",8}  verdict at |t| < {Threshold}");
        Print("accepted, unknown", new(table, Expected), new(table, unknown));
        Print("retired, unknown", new(table, retired), new(table, unknown));
        Print("accepted, retired", new(table, Expected), new(table, retired));
        Print("keys of other lengths, unknown", new(otherLengths, unknown), new(table, unknown));
        Print("control: unknown, unknown", new(table, unknown), new(table, unknown));
        Print("control: an equal table elsewhere", new(equal, unknown), new(table, unknown));
        Print("control: early exit, first or last", new(null, unknown), new(null, Expected));
    }

    private static MatchTable Table(params string[] values)
    {
        var ledger = new UseLedger(new CredentialMetrics(factory: null), new EngineLog(NullLogger.Instance), TimeProvider.System);
        return new MatchTable([.. values.Select(value => Entry(ledger, Encoding.UTF8.GetBytes(value)))]);
    }

    private static MatchTable.Entry Entry(UseLedger ledger, byte[] value)
    {
        var record = ledger.AddVersion(ledger.Find(OneCredential.Name), new VersionRecord(ledger.Slots, OneCredential.Name, value.Length.ToString(CultureInfo.InvariantCulture)));
        return new MatchTable.Entry(record, VersionFingerprint.Of(value), SecretValue.FromBytes(value), NotBefore: null, ValidUntil: null);
    }

    // The control: what a comparison by hand does.
    private static bool StopsEarly(ReadOnlySpan<byte> presented)
    {
        for (var i = 0; i < presented.Length; i++)
        {
            if (presented[i] != Expected[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void Print(string classes, Case a, Case b)
    {
        Measure(a, b, Samples / 2);
        var (timesOfA, timesOfB) = Measure(a, b, Samples);
        var first = Moments.Of(timesOfA);
        var second = Moments.Of(timesOfB);
        var difference = first.Mean - second.Mean;

        var t = difference / Math.Sqrt((first.Variance / first.Count) + (second.Variance / second.Count));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{classes,-36} {first.Mean,8:0.00} {second.Mean,8:0.00} {difference,11:0.000} {t,8:0.0}  {(Math.Abs(t) < Threshold ? "indistinguishable" : "told apart")}"));
    }

    // The classes take turns at random, so that whatever drifts on the machine drifts in both.
    private static (List<double> A, List<double> B) Measure(Case a, Case b, int samples)
    {
        var order = new byte[samples];
        Random.Shared.NextBytes(order);
        List<double> timesOfA = new(samples);
        List<double> timesOfB = new(samples);
        foreach (var draw in order)
        {
            var isA = draw < 128;
            (isA ? timesOfA : timesOfB).Add(Time(isA ? a : b));
        }

        return (timesOfA, timesOfB);
    }

    // As in the handler, every key is compared in the same place: where an array lies in memory would show too.
    private static double Time(Case subject)
    {
        Span<byte> presented = stackalloc byte[subject.Presented.Length];
        subject.Presented.CopyTo(presented);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < CallsPerSample; i++)
        {
            _ = subject.Table is { } table ? table.Find(presented) is null : StopsEarly(presented);
        }

        // Not a TimeSpan: it counts in hundreds of nanoseconds, which would hide what is looked for.
        return (Stopwatch.GetTimestamp() - started) * (1e9 / Stopwatch.Frequency) / CallsPerSample;
    }

    /// <summary>What is presented to whom: to a table, or to the comparison by hand.</summary>
    private readonly record struct Case(MatchTable? Table, byte[] Presented);

    /// <summary>Mean and variance of the samples that are kept.</summary>
    private readonly record struct Moments(int Count, double Mean, double Variance)
    {
        public static Moments Of(List<double> samples)
        {
            samples.Sort();
            var kept = samples.Take((int)(samples.Count * Kept)).ToArray();
            var mean = kept.Average();
            return new(kept.Length, mean, kept.Sum(sample => (sample - mean) * (sample - mean)) / (kept.Length - 1));
        }
    }
}

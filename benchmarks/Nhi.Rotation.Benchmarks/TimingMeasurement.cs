using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Benchmarks.Support;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Benchmarks;

/// <summary>
/// Whether the time of a comparison tells what was presented, in the way of dudect (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017):
/// two classes in random order, the slowest samples cut off, Welch's t-test. The engine's comparison is measured without what follows it: that a key was
/// recognised is what the answer says anyway. Two controls run through the same test: one class against itself, and a comparison that stops early.
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

    public static void Run()
    {
        var table = Table(Keys.Retired, Keys.Previous, Keys.Current);
        var otherLengths = Table(Keys.Retired[..24], Keys.Previous[..32], Keys.UnknownOtherLength);
        var accepted = Encoding.UTF8.GetBytes(Keys.Current);
        var copy = accepted.ToArray();
        var retired = Encoding.UTF8.GetBytes(Keys.Retired);
        var unknown = Encoding.UTF8.GetBytes(Keys.UnknownSameLength);
        Console.WriteLine($"{"classes",-36} {"a, ns",8} {"b, ns",8} {"difference",11} {"t",8}  verdict at |t| < {Threshold}");
        Print("accepted, unknown", () => table.Find(accepted) is null, () => table.Find(unknown) is null);
        Print("retired, unknown", () => table.Find(retired) is null, () => table.Find(unknown) is null);
        Print("accepted, retired", () => table.Find(accepted) is null, () => table.Find(retired) is null);
        Print("keys of other lengths, unknown", () => otherLengths.Find(unknown) is null, () => table.Find(unknown) is null);
        Print("control: unknown, unknown", () => table.Find(unknown) is null, () => table.Find(unknown) is null);
        Print("control: early exit, first or last", () => StopsEarly(accepted, unknown), () => StopsEarly(accepted, copy));
    }

    private static MatchTable Table(params string[] values)
    {
        var ledger = new UseLedger(new CredentialMetrics(factory: null), new EngineLog(NullLogger.Instance), TimeProvider.System);
        return new MatchTable([.. values.Select(value => Entry(ledger, Encoding.UTF8.GetBytes(value)))]);
    }

    private static MatchTable.Entry Entry(UseLedger ledger, byte[] value)
    {
        var record = ledger.AddVersion(OneCredential.Name, value.Length.ToString(CultureInfo.InvariantCulture));
        var credential = new Credential(record.CredentialName, record.VersionId, SecretValue.FromBytes(value), new UncountedTracker(record));
        return new MatchTable.Entry(record, VersionFingerprint.Of(value), credential, NotBefore: null, ValidUntil: null);
    }

    private static bool StopsEarly(byte[] a, byte[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void Print(string classes, Func<bool> a, Func<bool> b)
    {
        Measure(a, b, Samples / 10);
        var (timesOfA, timesOfB) = Measure(a, b, Samples);
        var first = Moments.Of(timesOfA);
        var second = Moments.Of(timesOfB);
        var t = (first.Mean - second.Mean) / Math.Sqrt((first.Variance / first.Count) + (second.Variance / second.Count));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{classes,-36} {first.Mean,8:0.00} {second.Mean,8:0.00} {first.Mean - second.Mean,11:0.000} {t,8:0.0}  {(Math.Abs(t) < Threshold ? "indistinguishable" : "told apart")}"));
    }

    // The classes take turns at random, so that whatever drifts on the machine drifts in both.
    private static (List<double> A, List<double> B) Measure(Func<bool> a, Func<bool> b, int samples)
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

    private static double Time(Func<bool> call)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < CallsPerSample; i++)
        {
            call();
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / CallsPerSample;
    }

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

using System.Globalization;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence;

/// <summary>Nothing is written that lasts longer than the process: who used a version before it started, or in another one, is not known.</summary>
internal sealed class UnknownPast(TimeProvider time) : IPast
{
    private readonly long _started = time.GetTimestamp();

    public ChainIdentity Self { get; } = new(string.Empty, string.Empty, string.Empty, time.GetUtcNow());

    public PastRuns Take()
    {
        var age = time.GetElapsedTime(_started);
        var (count, unit) = age < TimeSpan.FromMinutes(2) ? (age.TotalSeconds, "s") : age < TimeSpan.FromHours(2) ? (age.TotalMinutes, "min") : age < TimeSpan.FromDays(2) ? (age.TotalHours, "h") : (age.TotalDays, "days");
        var gap = string.Create(
            CultureInfo.InvariantCulture,
            $"Nothing speaks against it since this process started, {Math.Floor(count)} {unit} ago. Who used it before, or in another process, is not known: WriteEvidenceTo keeps it, or say OnlyProcess if there is no other.");
        return new PastRuns([], gap);
    }
}

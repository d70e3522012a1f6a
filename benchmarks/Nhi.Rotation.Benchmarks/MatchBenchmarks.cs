using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Nhi.Rotation.Benchmarks.Support;

namespace Nhi.Rotation.Benchmarks;

/// <summary>What it costs to check a presented key against two accepted versions and a retired one, beside one fixed-time comparison of 40 bytes.</summary>
[MemoryDiagnoser]
public class MatchBenchmarks
{
    private readonly byte[] _current = Encoding.UTF8.GetBytes(Keys.Current);
    private readonly byte[] _copy = Encoding.UTF8.GetBytes(Keys.Current);
    private readonly byte[] _previous = Encoding.UTF8.GetBytes(Keys.Previous);
    private readonly byte[] _retired = Encoding.UTF8.GetBytes(Keys.Retired);
    private readonly byte[] _unknown = Encoding.UTF8.GetBytes(Keys.UnknownSameLength);
    private readonly byte[] _short = Encoding.UTF8.GetBytes(Keys.UnknownOtherLength);
    private IRotatingCredentialProvider _provider = null!;

    [GlobalSetup]
    public void Setup()
    {
        _provider = OneCredential.Load(
            new MemoryBackend(Keys.Version(1, Keys.Retired, isEnabled: false), Keys.Version(2, Keys.Previous), Keys.Version(3, Keys.Current)),
            new CredentialOptions { Overlap = TimeSpan.FromDays(36_500) });
        Expect(_current, CredentialStage.Current, isAccepted: true);
        Expect(_previous, CredentialStage.Previous, isAccepted: true);
        Expect(_retired, CredentialStage.Retired, isAccepted: false);
    }

    [Benchmark(Baseline = true, Description = "FixedTimeEquals")]
    public bool FixedTime() => CryptographicOperations.FixedTimeEquals(_current, _copy);

    [Benchmark(Description = "Match, current key")]
    public bool Current() => _provider.Match(_current, "partner-a").IsAccepted;

    [Benchmark(Description = "Match, previous key")]
    public bool Previous() => _provider.Match(_previous, "partner-a").IsAccepted;

    [Benchmark(Description = "Match, retired key")]
    public bool Retired() => _provider.Match(_retired, "partner-a").IsAccepted;

    [Benchmark(Description = "Match, unknown, same length")]
    public bool Unknown() => _provider.Match(_unknown, "partner-a").IsAccepted;

    [Benchmark(Description = "Match, unknown, 29 bytes")]
    public bool UnknownShort() => _provider.Match(_short, "partner-a").IsAccepted;

    private void Expect(byte[] presented, CredentialStage stage, bool isAccepted)
    {
        var match = _provider.Match(presented);
        if (!match.IsRecognized || match.Stage != stage || match.IsAccepted != isAccepted)
        {
            throw new InvalidOperationException($"Expected a {stage} version; found {match.VersionId} as {match.Stage}.");
        }
    }
}

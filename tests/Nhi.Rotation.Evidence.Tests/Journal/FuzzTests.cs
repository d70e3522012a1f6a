using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>
/// Any bytes in any source: no crash, no verdict that is safe where the truth is not. Some hundred rounds with each run of the tests; the environment variable <c>NHI_FUZZ_SECONDS</c> makes it go on for so long, from
/// a seed that is told.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const int Rounds = 200;
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Hostile = ["9223372036854775807", "-1", "1e300", "null", "\"\"", "\"2999-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00Z\"", "{}", "[]", "true", "0", "1"];

    private readonly string _directory = Directory.CreateTempSubdirectory("fuzz-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Whatever_happens_to_its_bytes_evidence_of_an_old_version_that_is_held_is_never_safe_and_never_a_crash()
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable("NHI_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var seed = seconds > 0 ? Environment.TickCount : 1;
        var random = new Random(seed);
        var (good, held) = (Write("good", isHeld: false), Write("held", isHeld: true));
        Assert.Equal(1, Verify([good, held], isLog: false).Exit);
        var until = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        var exits = new SortedDictionary<int, int>();
        for (var round = 0; round < Rounds || TimeProvider.System.GetUtcNow() < until; round++)
        {
            var isHeldTouched = random.Next(2) == 0;
            var touched = Spoil(isHeldTouched ? held : good, random);
            var isResealed = random.Next(4) == 0;
            touched = isResealed ? Reseal(touched, random) : touched;
            var (exit, output) = Verify(isHeldTouched ? [good, touched] : [touched, held], isLog: random.Next(3) == 0);

            // Whoever can seal can lie; all others cannot.
            Assert.True(exit is 1 or 2 or 3 or 64 || (exit == 0 && isResealed && isHeldTouched), $"seed {seed}, round {round}: {exit} {output}");
            exits[exit] = exits.GetValueOrDefault(exit) + 1;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {string.Join(", ", exits.Select(static pair => $"exit {pair.Key} {pair.Value} times"))}");
        Assert.InRange(exits.Count, 3, 5);
    }

    private (int Exit, string Output) Verify(byte[][] files, bool isLog)
    {
        foreach (var file in Directory.GetFiles(_directory))
        {
            File.Delete(file);
        }

        for (var i = 0; i < files.Length; i++)
        {
            File.WriteAllBytes(Path.Join(_directory, $"shop-{i:x16}-0001.jsonl"), files[i]);
        }

        using var output = new StringWriter();
        var log = new MemoryStream(isLog ? [.. files.SelectMany(static file => file)] : []);
        var exit = CommandLine.Run(["verify", isLog ? "-" : _directory], new FakeTimeProvider(Now), log, output, output);
        return (exit, output.ToString());
    }

    // Two hours of a fleet that rotated; in one instance a connection of the old version is open since, and only signs of life follow.
    private static byte[] Write(string instance, bool isHeld)
    {
        var start = Now.AddHours(-2);
        using var file = new MemoryStream();
        var chain = new ChainWriter(new ChainIdentity("shop", instance, "0.1.0", start));
        chain.Begin(file, 1, start, TimeSpan.Zero);
        void Tell(EvidenceKind kind, int minute, string version = "", CredentialUse? use = null, string? other = null) => chain.Append(file, new EvidenceEvent
        {
            Kind = kind,
            At = start.AddMinutes(minute),
            Uptime = TimeSpan.FromMinutes(minute),
            CredentialName = kind is EvidenceKind.Alive or EvidenceKind.Stopped ? "" : "stripe",
            VersionId = version,
            OtherId = other,
            Use = use,
        });
        Tell(EvidenceKind.Described, 0);
        Tell(EvidenceKind.Seen, 0, "v1");
        Tell(EvidenceKind.Promoted, 0, "v1");
        Tell(EvidenceKind.Used, 1, "v1", Use("v1", CredentialStage.Current, start, held: 0));
        Tell(EvidenceKind.Seen, 2, "v2");
        Tell(EvidenceKind.Superseded, 2, "v1", other: "v2");
        Tell(EvidenceKind.Promoted, 2, "v2");
        Tell(EvidenceKind.Accepted, 2, "v2");
        Tell(EvidenceKind.Used, 3, "v1", Use("v1", CredentialStage.Previous, start, isHeld ? 1 : 0));
        Tell(EvidenceKind.Used, 4, "v2", Use("v2", CredentialStage.Current, start.AddMinutes(4), held: 0));
        for (var minute = 5; minute < 120; minute++)
        {
            Tell(EvidenceKind.Alive, minute);
        }

        if (!isHeld)
        {
            Tell(EvidenceKind.Stopped, 120);
        }

        return file.ToArray();
    }

    private static CredentialUse Use(string version, CredentialStage stage, DateTimeOffset at, int held) => new()
    {
        CredentialName = "stripe",
        VersionId = version,
        Stage = stage,
        Consumer = "orders",
        Uses = 1,
        ResidualInOverlap = 0,
        ResidualRetired = 0,
        Held = held,
        FirstUse = at,
        LastUse = at,
    };

    private static byte[] Spoil(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var (at, count) = (random.Next(bytes.Count), random.Next(1, 200));
            count = Math.Min(count, bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, count);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Range(0, count).Select(_ => (byte)random.Next(256)));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]));
                    break;
                default:
                    Swap(bytes, random);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Swap(List<byte> bytes, Random random)
    {
        var lines = Encoding.Latin1.GetString([.. bytes]).Split('\n');
        var (a, b) = (random.Next(lines.Length), random.Next(lines.Length));
        (lines[a], lines[b]) = (lines[b], lines[a]);
        bytes.Clear();
        bytes.AddRange(Encoding.Latin1.GetBytes(string.Join('\n', lines)));
    }

    // Somebody who may write the files says odd things and seals them.
    private static byte[] Reseal(byte[] file, Random random)
    {
        using var output = new MemoryStream();
        var prev = LineSeal.Origin;
        foreach (var line in Encoding.Latin1.GetString(file).Split('\n'))
        {
            var end = line.IndexOf(",\"prev\":\"", StringComparison.Ordinal);
            if (end < 0)
            {
                continue;
            }

            var body = line[..end];
            var colon = body.IndexOf(':', random.Next(body.Length));
            var comma = colon < 0 ? -1 : body.IndexOf(',', colon);
            body = comma < 0 || random.Next(3) > 0 ? body : $"{body[..(colon + 1)]}{Hostile[random.Next(Hostile.Length)]}{body[comma..]}";
            prev = LineSeal.Seal(Encoding.Latin1.GetBytes($"{body},\"prev\":\"{prev}\"}}"), output);
        }

        return output.ToArray();
    }
}

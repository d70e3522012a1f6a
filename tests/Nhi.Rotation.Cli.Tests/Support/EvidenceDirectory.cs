using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Tests.Support;

/// <summary>A directory of evidence, and what the tool makes of it.</summary>
internal sealed class EvidenceDirectory : IDisposable
{
    public const string Canary = "canary-9f2c";

    public EvidenceDirectory() => Path = Directory.CreateTempSubdirectory("evidence-").FullName;

    public string Path { get; }

    public string[] Files => Directory.Exists(Path) ? [.. Directory.GetFiles(Path, "*.jsonl").Order(StringComparer.Ordinal)] : [];

    public string File => Assert.Single(Files);

    public IReadOnlyList<InstanceEvidence> Read() => EvidenceReader.Read(Files, []);

    /// <summary>What the lines say, in order.</summary>
    public IReadOnlyList<EvidenceEvent> Events() => [.. Files.SelectMany(LineReader.Read).Select(line => line.Content?.ToEvent()).OfType<EvidenceEvent>()];

    /// <summary>What is wrong, without what is normal for a running app.</summary>
    public IReadOnlyList<Finding> Findings() => [.. Read().SelectMany(instance => instance.Findings)];

    public (int Exit, string Output, string Errors) Verify(DateTimeOffset now, params string[] options)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = CommandLine.Run(["verify", Path, .. options], new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now), Stream.Null, output, errors);
        return (exit, output.ToString(), errors.ToString());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Files;

/// <summary>What an option names beside the evidence is read up to a bound, and an error about it names the option, the file, and no more than a piece of what is in it.</summary>
public sealed class SideFilesTests : IDisposable
{
    private const int Sentence = 700;

    private readonly EvidenceDirectory _evidence = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-side-").FullName;

    public SideFilesTests()
    {
        Pod("aaaa", "orders-1").Promote("v1", 1).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Accept("v2", 101).Alive(299.5).Write(_evidence.Path);
        Pod("bbbb", "orders-2").Promote("v1", 1).Use("v1", 90).Write(_evidence.Path);
    }

    /// <summary>Every option that takes a file, and how it is asked.</summary>
    public static TheoryData<string, string[]> Options => new()
    {
        { "--alive", ["verify", "{evidence}", "--alive", "{file}"] },
        { "--gone-from", ["verify", "{evidence}", "--gone-from", "{file}"] },
        { "--expect-from", ["verify", "{evidence}", "--expect-from", "{file}"] },
        { "--earlier", ["verify", "{evidence}", "--earlier", "{file}"] },
        { "--postgres-file", ["verify", "--postgres-file", "{file}"] },
        { "--sign", ["report", "{evidence}", "--sign", "{file}", "--output", "{directory}/page.html"] },
        { "--key", ["verify-report", "{directory}/page.html", "--key", "{file}"] },
        { "The page", ["verify-report", "{file}", "--key", "{directory}/key.pem", "--signature", "{directory}/key.pem"] },
        { "--signature", ["verify-report", "{directory}/key.pem", "--key", "{directory}/key.pem", "--signature", "{file}"] },
        { "--ca-file", ["wait", "--prometheus", "https://prometheus.example/", "--ca-file", "{file}"] },
        { "--bearer-token-file", ["wait", "--prometheus", "https://prometheus.example/", "--bearer-token-file", "{file}"] },
        { "--key-file", ["fingerprint", "--key-file", "{file}"] },
        { "--value-file", ["hunt", "--path", "{directory}", "--value-file", "{file}"] },
    };

    public void Dispose()
    {
        _evidence.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void A_device_without_an_end_is_an_error_that_names_the_option(string option, string[] words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no such device.");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var output = AssertNone(Run(Stream.Null, With("/dev/zero", words)));
        Assert.Contains(option == "--value-file" ? "'/dev/zero' is larger than 1 MiB" : $"{option}: '/dev/zero' ", output, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, option is "The page" or "--signature" ? 1L << 30 : 256 << 20);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void A_directory_is_no_file(string option, string[] words) =>
        Assert.Contains($"{option}: '{_evidence.Path}' is a directory. Name a file.", AssertNone(Run(Stream.Null, With(_evidence.Path, words))), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Options))]
    public void What_is_missing_is_named_with_its_option(string option, string[] words) =>
        Assert.Contains($"{option}: '{_directory}/none' does not exist.", AssertNone(Run(Stream.Null, With($"{_directory}/none", words))), StringComparison.Ordinal);

    [Theory]
    [InlineData("--alive", "verify")]
    [InlineData("--gone-from", "verify")]
    [InlineData("--expect-from", "report")]
    [InlineData("--alive", "wait")]
    public void Standard_input_without_an_end_is_an_error_too(string option, string command)
    {
        using var endless = new Endless();

        Assert.Contains($"{option}: standard input is larger than 16 MiB", AssertNone(Run(endless, command, _evidence.Path, option, "-")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--gone-from")]
    [InlineData("--expect-from")]
    [InlineData("--alive")]
    public void Of_a_long_word_a_piece_is_quoted(string option)
    {
        File.WriteAllText($"{_directory}/list", new string('x', 1 << 20));

        var output = AssertNone(Run(Stream.Null, "verify", _evidence.Path, option, $"{_directory}/list"));
        Assert.Contains(option[..^5].TrimEnd('-'), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_lost_evidence_and_is_not_known_is_told_by_the_option_that_named_it() =>
        Assert.Contains("--accept-loss zzzz: no evidence is of such an instance", AssertNone(Run(Stream.Null, "verify", _evidence.Path, "--accept-loss", "zzzz")), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"chains\":[null]}")]
    [InlineData("{\"chains\":null}")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_no_earlier_report_is_told(string text)
    {
        File.WriteAllText($"{_directory}/earlier", text);

        Assert.Contains($"--earlier: '{_directory}/earlier' is no report. Give what verify --format json printed.", AssertNone(Run(Stream.Null, "verify", _evidence.Path, "--earlier", $"{_directory}/earlier")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify", ExitCode.Safe)]
    [InlineData("wait", ExitCode.Safe)]
    public void A_pipe_is_a_list_and_is_read_once(string command, object exit)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes have names under /proc/self/fd.");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.Write("pod/orders-1\n"u8);
        var name = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}");
        pipe.Dispose();

        var (code, output) = Run(Stream.Null, command, _evidence.Path, "--alive", name);
        Assert.True((int)exit == code, output);
    }

    private static WrittenInstance Pod(string instance, string pod) => new WrittenInstance(instance) { Resource = new() { ["k8s.pod.name"] = pod } }.Describe(0);

    // No verdict, and no more than a sentence or two of it.
    private static string AssertNone((int Exit, string Output) answer)
    {
        Assert.True(answer.Exit is (int)ExitCode.CannotRead or (int)ExitCode.Usage, $"{answer.Exit}: {answer.Output}");
        Assert.True(answer.Output.Length < Sentence, $"{answer.Output.Length} characters: {answer.Output[..Math.Min(answer.Output.Length, Sentence)]}");
        return answer.Output;
    }

    private static (int Exit, string Output) Run(Stream input, params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        return (CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(300)), input, output, output), output.ToString());
    }

    private string[] With(string file, string[] words)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        File.WriteAllText($"{_directory}/key.pem", key.ExportECPrivateKeyPem(), Encoding.ASCII);
        return [.. words.Select(word => word.Replace("{evidence}", _evidence.Path, StringComparison.Ordinal).Replace("{directory}", _directory, StringComparison.Ordinal).Replace("{file}", file, StringComparison.Ordinal))];
    }

    private sealed class Endless : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}

using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Hunting;

namespace Nhi.Rotation.Cli.Tests.Hunting;

/// <summary><c>nhi-rotation hunt</c> finds a value in each form and place, and shows it nowhere.</summary>
public sealed class HuntTests : IDisposable
{
    private const string Value = "p@ss/w+rd? \"grün\" 4711";

    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-hunt-").FullName;

    public static TheoryData<string, string> Forms => new()
    {
        { "text", Value },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)) },
        { "base64", "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + Value)) },
        { "base64", "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("us:" + Value + "x")) },
        { "base64", "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("use:" + Value + "xy")) },
        { "base64url", Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + Value)).Replace('+', '-').Replace('/', '_').TrimEnd('=') },
        { "URL-escaped text", "postgres://app:" + Uri.EscapeDataString(Value) + "@db" },
        { "URL-escaped text", "secret=" + Uri.EscapeDataString(Value).Replace("%20", "+", StringComparison.Ordinal) },
        { "JSON-escaped text", JsonSerializer.Serialize(Value) },
        { "JSON-escaped text", "\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Value) + "\"" },
    };

    private string ValueFile => Path.Combine(_directory, "old");

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_value_is_found_in_each_form_in_either_encoding(string form, string content)
    {
        var one = Write("app/config", "first line\nsecond " + content + "\n");
        var other = Path.Combine(_directory, "app", "wide");
        File.WriteAllText(other, content, Encoding.Unicode);

        var (exit, output) = Run("--path", Path.Combine(_directory, "app"));

        Assert.Equal((int)ExitCode.StillUsed, exit);
        Assert.Contains($"HELD: {one} has 'old' as {form}", output, StringComparison.Ordinal);
        Assert.Contains("\n  line 2", output, StringComparison.Ordinal);
        Assert.Contains($"HELD: {other} has 'old' as {(form == "text" ? "UTF-16 text" : form + " in UTF-16")}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_like_it_is_not_it()
    {
        Write("app/config", Value[..^1] + "\n" + Value.ToUpperInvariant() + "\n" + Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + Value[1..])));

        var (exit, output) = Run("--path", Path.Combine(_directory, "app"));

        Assert.Equal((int)ExitCode.Safe, exit);
        Assert.Contains("Looked into 0 processes and 1 file. NOWHERE", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_across_the_end_of_a_piece_is_found_once()
    {
        using var quarry = new Quarry();
        quarry.Add("old", Encoding.UTF8.GetBytes(Value));
        var bytes = Encoding.UTF8.GetBytes(Value);
        for (var at = (256 * 1024) - bytes.Length - 2; at < (256 * 1024) + 2; at++)
        {
            var content = new byte[600_000];
            bytes.CopyTo(content, at);
            bytes.CopyTo(content, content.Length - bytes.Length);
            using var search = new Search(quarry);
            var found = new List<Match>();

            search.In(new MemoryStream(content), found.Add);

            Assert.Equal([at, content.Length - bytes.Length], found.Select(match => match.Offset));
            Assert.All(found, match => Assert.Equal("text", match.Form.Name));
            Assert.Equal(content.Length, search.Seen);
        }
    }

    [Fact]
    public void An_image_is_looked_into_layer_by_layer()
    {
        using var image = new MemoryStream();
        using (var outer = new TarWriter(image, leaveOpen: true))
        {
            outer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "layer.tar.gz") { DataStream = Gzip(Tar("app/.env", "KEY=" + Value)) });
        }

        image.Position = 0;
        var (exit, output) = Run(image, "--stream");

        Assert.Equal((int)ExitCode.StillUsed, exit);
        Assert.Contains("HELD: standard input!layer.tar.gz!app/.env has 'old' as text\n  line 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_not_proven()
    {
        Write("app/config", "nothing");
        File.WriteAllBytes(Path.Combine(_directory, "app", "broken.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);
        var whole = Gzip(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 1_000))))).ToArray();
        File.WriteAllBytes(Path.Combine(_directory, "app", "cut.gz"), whole[..^20]);

        var (exit, output) = Run("--path", Path.Combine(_directory, "app"), "--path", Path.Combine(_directory, "missing"));

        Assert.Equal((int)ExitCode.NotEnoughEvidence, exit);
        Assert.Contains("broken.gz: it is compressed with gzip and broken", output, StringComparison.Ordinal);
        Assert.Contains("cut.gz: it is compressed with gzip and broken", output, StringComparison.Ordinal);
        Assert.Contains("missing: there is no such file or directory", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_is_found_by_its_environment_its_arguments_and_its_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked into on Linux");
        using var named = Process.Start(new ProcessStartInfo("sleep", "600") { Environment = { ["PARTNER_KEY"] = Value } })!;
        using var told = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 600 # " + Value]))!;
        using var keeping = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys\nkept = sys.stdin.readline()\nprint('read', flush=True)\nsys.stdin.readline()"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            await keeping.StandardInput.WriteLineAsync(Value);
            await keeping.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            Assert.Equal("read", await keeping.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

            var (exit, output) = Run([.. new[] { named, told, keeping }.SelectMany(process => new[] { "--pid", process.Id.ToString(CultureInfo.InvariantCulture) })]);

            Assert.Equal((int)ExitCode.StillUsed, exit);
            Assert.Contains($"HELD: process {named.Id} (sleep) has 'old' as text\n  its environment, PARTNER_KEY", output, StringComparison.Ordinal);
            Assert.Contains($"HELD: process {told.Id} (sh) has 'old' as text\n  its arguments, which everybody on the machine may read", output, StringComparison.Ordinal);
            Assert.Matches($@"HELD: process {keeping.Id} \(python3\) has 'old' as text[^\n]*\n  its memory, ", output);
        }
        finally
        {
            named.Kill();
            told.Kill(entireProcessTree: true);
            keeping.Kill();
        }
    }

    [Fact]
    public void A_process_that_is_not_there_is_not_proven()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked into on Linux");
        var (exit, output) = Run("--pid", "2147483646");

        Assert.Equal((int)ExitCode.NotEnoughEvidence, exit);
        Assert.Contains("NOT SEEN: process 2147483646: there is none of that number", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_of_the_kernel_has_no_memory_and_so_nothing_that_could_not_be_looked_into()
    {
        Assert.SkipUnless(File.Exists("/proc/2/comm") && File.ReadAllText("/proc/2/comm") == "kthreadd\n", "no threads of the kernel are shown here");
        var (exit, output) = Run("--pid", "2");

        Assert.Equal(((int)ExitCode.Safe, "Looked into 0 processes and 0 files. NOWHERE"), (exit, output[..output.LastIndexOf(':')]));
    }

    [Fact]
    public async Task A_pipe_among_the_files_is_not_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mkfifo");
        Write("app/config", "nothing");
        using (var mkfifo = Process.Start("mkfifo", [Path.Combine(_directory, "app", "pipe")]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var (exit, output) = Run("--path", Path.Combine(_directory, "app"));

        Assert.Equal((int)ExitCode.Safe, exit);
        Assert.Contains("and 1 file.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say where to look")]
    [InlineData("Standard input can be one thing only", "--stream", "--value-file", "-")]
    [InlineData("fewer than 8 stand by chance in every process", "--value-file", "short", "--stream")]
    [InlineData("An argument is not known", "--path", ".", "p@ss")]
    public void A_command_line_that_makes_no_sense_is_told_so(string reason, params string[] arguments)
    {
        File.WriteAllText(Path.Combine(_directory, "short"), "7 bytes");
        arguments = [.. arguments.Select(argument => argument == "short" ? Path.Combine(_directory, "short") : argument)];

        var (exit, output) = Run(arguments);

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_read_it_as_JSON()
    {
        var file = Write("app/config", Value);

        var (exit, output) = Run("--path", file, "--format", "json");

        Assert.Equal((int)ExitCode.StillUsed, exit);
        using var report = JsonDocument.Parse(output);
        var hit = Assert.Single(report.RootElement.GetProperty("hits").EnumerateArray());
        Assert.Equal(("Held", 1), (report.RootElement.GetProperty("result").GetString(), report.RootElement.GetProperty("files").GetInt32()));
        Assert.Equal(("old", file, "line 1", "text"), (hit.GetProperty("value").GetString(), hit.GetProperty("place").GetString(), hit.GetProperty("where").GetString(), hit.GetProperty("form").GetString()));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static MemoryStream Tar(string name, string content)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }

        tar.Position = 0;
        return tar;
    }

    private static MemoryStream Gzip(Stream content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            content.CopyTo(gzip);
        }

        compressed.Position = 0;
        return compressed;
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private (int Exit, string Output) Run(params string[] arguments) => Run(Stream.Null, arguments);

    private (int Exit, string Output) Run(Stream input, params string[] arguments)
    {
        File.WriteAllText(ValueFile, Value + "\n");
        using var output = new StringWriter { NewLine = "\n" };
        var exit = CommandLine.Run(["hunt", "--value-file", ValueFile, .. arguments], new FakeTimeProvider(), input, output, output);

        Assert.DoesNotContain(Value, output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", output.ToString().Replace(_directory, string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        return (exit, output.ToString());
    }
}

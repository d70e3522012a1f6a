using System.Globalization;
using System.Text.RegularExpressions;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>A process as <c>/proc</c> shows it (proc(5)).</summary>
internal sealed partial class LinuxProcess(int id)
{
    private readonly string _folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");

    public int Id => id;

    /// <summary>Processes that run now, but this one.</summary>
    public static IEnumerable<LinuxProcess> All() =>
        Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(static name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(static name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(static id => id != Environment.ProcessId)
            .Order()
            .Select(static id => new LinuxProcess(id));

    public bool Exists => Directory.Exists(_folder);

    /// <summary>Number, program and container, as an operator looks for them.</summary>
    public string Name()
    {
        var program = ReadText("comm")?.Trim() ?? "?";
        return Container() is { } container
            ? string.Create(CultureInfo.InvariantCulture, $"process {id} ({program}, container {container})")
            : string.Create(CultureInfo.InvariantCulture, $"process {id} ({program})");
    }

    public byte[] ReadArguments() => File.ReadAllBytes(_folder + "/cmdline");

    public byte[] ReadEnvironment() => File.ReadAllBytes(_folder + "/environ");

    /// <summary>What it may write to. Kernel threads have none.</summary>
    public MemoryRegion[] ReadRegions() => [.. File.ReadLines(_folder + "/maps").Select(MemoryRegion.Parse).OfType<MemoryRegion>()];

    /// <summary>The folder of the .NET runtime that it runs on, as this process sees it; none for another process.</summary>
    public string? FindRuntime()
    {
        var library = File.ReadLines(_folder + "/maps").FirstOrDefault(static line => line.EndsWith("/libcoreclr.so", StringComparison.Ordinal));
        return library is null ? null : _folder + "/root" + Path.GetDirectoryName(library[library.IndexOf('/', StringComparison.Ordinal)..]);
    }

    public FileStream OpenMemory() => new(_folder + "/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    private string? Container() => ReadText("cgroup") is { } group && ContainerId().Match(group) is { Success: true } match ? match.Value[..12] : null;

    private string? ReadText(string file)
    {
        try
        {
            return File.ReadAllText($"{_folder}/{file}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Docker, containerd and CRI-O name a container's group after its 64 digits.
    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex ContainerId();
}

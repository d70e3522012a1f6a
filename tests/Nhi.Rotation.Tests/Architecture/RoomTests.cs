using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Tests.Architecture;

/// <summary>Folders are rooms, and what a room may know is listed here. A type's room is the folder of the file that has its name.</summary>
public sealed class RoomTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Backends/Certificates"] = ["Telemetry"],
        ["Backends/Files"] = ["Telemetry"],
        ["Configuration"] = ["Following"],
        ["DependencyInjection"] = ["Backends/Certificates", "Backends/Files", "Configuration", "Evidence", "Evidence/Journal", "Health", "Http", "Options", "Providers", "Refreshing", "Revocations", "Telemetry"],
        ["EventStream"] = ["Lifecycle", "Telemetry", "Time"],
        ["Evidence"] = ["Telemetry"],
        ["Evidence/Journal"] = ["Evidence", "Telemetry"],
        ["Following"] = [],
        ["Health"] = ["Providers"],
        ["Http"] = ["Streams", "Telemetry"],
        ["Identity"] = ["Lifecycle", "Options"],
        ["Lifecycle"] = ["Options", "Time"],
        ["OAuth"] = ["Http", "Telemetry"],
        ["Options"] = [],
        ["OptionsBinding"] = ["Following", "Telemetry"],
        ["Providers"] = ["EventStream", "Evidence", "Following", "Identity", "Lifecycle", "Options", "Refreshing", "Revocations", "Telemetry", "Time", "Versions"],
        ["Refreshing"] = ["Options", "Telemetry", "Time"],
        ["Revocations"] = ["Options", "Telemetry"],
        ["Streams"] = [],
        ["Telemetry"] = [],
        ["Time"] = [],
        ["Tls"] = ["Streams"],
        ["Versions"] = ["Evidence", "Lifecycle"],
    };

    private static readonly Lazy<(Dictionary<string, string> Rooms, ArchUnitNET.Domain.Architecture Types)> Code = new(() =>
        (FindRooms(), new ArchLoader().LoadAssemblies(typeof(CredentialRegistry).Assembly).Build()));

    [Fact]
    public void Arrows_between_rooms_point_one_way()
    {
        var arrows = Arrows();

        Assert.Empty(arrows.Where(arrow => !MayKnow[arrow.From].Contains(arrow.To)).Select(arrow => $"{arrow.From} ({string.Join(", ", arrow.By)}) knows {arrow.To}"));
        Assert.Empty(
            MayKnow.SelectMany(room => room.Value.Select(to => (room.Key, to))).Where(may => !arrows.Any(arrow => (arrow.From, arrow.To) == may)).Select(may => $"{may.Key} may know {may.to}, and does not"));
        Assert.True(arrows.Count > 25, $"only {arrows.Count} arrows were seen");
    }

    [Fact]
    public void The_lifecycle_knows_no_clock_no_lock_no_task_and_no_file()
    {
        string[] impure = ["System.TimeProvider", "System.Threading.", "System.IO.", "System.Net.", "Microsoft.Extensions.", "Polly."];
        var known = from type in Code.Value.Types.Types
                    where RoomOf(type) == "Lifecycle"
                    from dependency in type.Dependencies
                    where impure.Any(name => dependency.Target.FullName.StartsWith(name, StringComparison.Ordinal))
                    select $"{type.Name} knows {dependency.Target.FullName}";

        Assert.Empty(known.Distinct());
    }

    [Fact]
    public void Every_room_is_listed()
    {
        Assert.Empty(Code.Value.Rooms.Values.Distinct().Except(MayKnow.Keys));
    }

    [Fact]
    public void The_contracts_depend_on_nothing_but_primitives()
    {
        var references = typeof(Credential).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Assert.All(references, name => Assert.True(
            name.StartsWith("System.", StringComparison.Ordinal) || name == "Microsoft.Extensions.Primitives", $"{name} is referenced"));
    }

    /// <summary>Which rooms of the engine know which, and the types that do.</summary>
    internal static IReadOnlyList<(string From, string To, IReadOnlyList<string> By)> Arrows() =>
    [
        .. from type in Code.Value.Types.Types
           let room = RoomOf(type)
           where room is not null
           from to in type.Dependencies.Select(dependency => RoomOf(dependency.Target)).OfType<string>().Distinct()
           where to != room
           group type.Name by (room, to) into arrow
           orderby arrow.Key.room, arrow.Key.to
           select (arrow.Key.room, arrow.Key.to, (IReadOnlyList<string>)[.. arrow.Distinct()]),
    ];

    private static string? RoomOf(IType type)
    {
        var name = type.FullName.Split('+', '/')[0].Split('.')[^1].Split('`')[0];
        return type.FullName.StartsWith("Nhi.Rotation.", StringComparison.Ordinal) || type.FullName.StartsWith("Microsoft.Extensions.DependencyInjection.", StringComparison.Ordinal)
            ? Code.Value.Rooms.GetValueOrDefault(name)
            : null;
    }

    private static Dictionary<string, string> FindRooms([CallerFilePath] string here = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Nhi.Rotation"));
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.StartsWith("obj", StringComparison.Ordinal) && !file.StartsWith("bin", StringComparison.Ordinal))
            .GroupBy(file => Path.GetFileName(file).Split('.')[0], file => Path.GetDirectoryName(file)!.Replace('\\', '/'))
            .ToDictionary(type => type.Key, type => type.Distinct().Single());
    }
}

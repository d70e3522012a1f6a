using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Tests.Architecture;

/// <summary>Folders are rooms, and what a room may know is listed here. A type's room is the folder of the file that has its name.</summary>
public sealed class RoomTests
{
    private const string Telemetry = "Telemetry";

    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["DependencyInjection"] = ["Options", "Configuration", "Http", "Health", "Providers", "Refreshing", "Lifecycle", "Time", "Evidence", "Evidence/Journal", "Backends/Files", "Backends/Certificates", Telemetry],
        ["Http"] = [Telemetry],
        ["Health"] = ["Providers"],
        ["Identity"] = ["Lifecycle", "Options"],
        ["Versions"] = ["Evidence", "Lifecycle"],
        ["Providers"] = ["Identity", "Versions", "Options", "Refreshing", "Lifecycle", "Evidence", "Following", "Time", Telemetry],
        ["Refreshing"] = ["Options", "Time", Telemetry],
        ["Lifecycle"] = ["Options", "Time"],
        ["Time"] = [],
        ["Options"] = [],
        ["Evidence"] = [Telemetry],
        ["Evidence/Journal"] = ["Evidence", Telemetry],
        ["Backends/Files"] = [Telemetry],
        ["Following"] = [],
        ["OptionsBinding"] = ["Following"],
        ["Configuration"] = ["Following"],
        ["OAuth"] = ["Http", Telemetry],
        ["Backends/Certificates"] = [Telemetry],
        ["Tls"] = [],
        [Telemetry] = [],
    };

    private static readonly Lazy<(Dictionary<string, string> Rooms, ArchUnitNET.Domain.Architecture Types)> Code = new(() =>
        (FindRooms(), new ArchLoader().LoadAssemblies(typeof(CredentialRegistry).Assembly).Build()));

    [Fact]
    public void Arrows_between_rooms_point_one_way()
    {
        var wrong = new List<string>();
        var arrows = 0;
        foreach (var type in Code.Value.Types.Types)
        {
            if (RoomOf(type) is not { } from)
            {
                continue;
            }

            foreach (var to in type.Dependencies.Select(dependency => RoomOf(dependency.Target)).OfType<string>().Distinct().Where(room => room != from))
            {
                arrows++;
                if (!MayKnow[from].Contains(to))
                {
                    wrong.Add($"{from} ({type.Name}) knows {to}");
                }
            }
        }

        Assert.Empty(wrong.Distinct());
        Assert.True(arrows > 25, $"only {arrows} arrows were seen");
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
            .ToDictionary(file => Path.GetFileName(file).Split('.')[0] is "Log" ? file : Path.GetFileNameWithoutExtension(file), file => Path.GetDirectoryName(file)!.Replace('\\', '/'));
    }
}

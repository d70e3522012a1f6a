using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>The map of the house shows what is there, and the security page names tests that exist.</summary>
public sealed partial class MapTests
{
    [Fact]
    public void The_rooms_are_drawn_as_they_are()
    {
        var engine = House.Sources.Packages.Single(package => package.Name == "Nhi.Rotation");

        AssertDrawn("## Rooms", Draw(from room in engine.Rooms from known in engine.RoomsKnownBy(room) select (room, known)));
    }

    [Fact]
    public void The_packages_are_drawn_as_they_are() =>
        AssertDrawn(
            "## Packages",
            Draw(
                from project in Directory.EnumerateFiles(Path.Combine(House.Root, "src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                from reference in XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order(StringComparer.Ordinal)
                select (Path.GetFileNameWithoutExtension(project), reference)));

    [Fact]
    public void Each_class_on_the_five_ways_exists()
    {
        var map = Map();
        var ways = map[map.IndexOf("## Five ways", StringComparison.Ordinal)..map.IndexOf("## Where is", StringComparison.Ordinal)];
        var files = Directory.EnumerateFiles(Path.Combine(House.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        var named = Code().Matches(ways).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(named.Length > 40, $"only {named.Length} classes are named");
        Assert.Empty(named.Except(files));
    }

    [Fact]
    public void Each_test_that_the_security_page_names_exists()
    {
        var tests = string.Concat(Directory.EnumerateFiles(Path.Combine(House.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var named = TestName().Matches(File.ReadAllText(Path.Combine(House.Root, "SECURITY.md"))).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(named.Length > 10, $"only {named.Length} tests are named");
        Assert.All(named, name => Assert.Contains($" {name}(", tests, StringComparison.Ordinal));
    }

    private static void AssertDrawn(string heading, string right) => Assert.True(Drawing(heading) == right, $"docs/architecture.md, {heading}: draw this instead\n{right}");

    private static string Draw(IEnumerable<(string From, string To)> arrows) => string.Join('\n', arrows.Select(arrow => $"    {arrow.From} --> {arrow.To}"));

    private static string Drawing(string heading)
    {
        var map = Map();
        var start = map.IndexOf("flowchart TD\n", map.IndexOf(heading, StringComparison.Ordinal), StringComparison.Ordinal) + "flowchart TD\n".Length;
        return map[start..map.IndexOf("\n```", start, StringComparison.Ordinal)];
    }

    private static string Map() => File.ReadAllText(Path.Combine(House.Root, "docs", "architecture.md")).ReplaceLineEndings("\n");

    [GeneratedRegex("`([A-Z][A-Za-z]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("`([A-Z][a-z]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}

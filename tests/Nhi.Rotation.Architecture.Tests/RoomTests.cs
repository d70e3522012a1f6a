using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>Folders are rooms, and arrows between them point one way.</summary>
public sealed class RoomTests
{
    [Fact]
    public void No_two_rooms_of_a_package_know_each_other()
    {
        var circles = from package in House.Sources.Packages
                      from circle in Measures.Circles(package.Rooms, package.RoomsKnownBy)
                      select $"{package.Name}: {string.Join(" <-> ", circle)}";

        Assert.Empty(circles);
        Assert.True(House.Sources.Packages.Sum(package => package.Rooms.Sum(room => package.RoomsKnownBy(room).Count())) > 60, "hardly any arrow was seen");
    }

    [Fact]
    public void The_lifecycle_knows_no_clock_no_lock_no_task_and_no_file()
    {
        string[] impure = ["System.TimeProvider", "System.Threading.", "System.IO.", "System.Net.", "Microsoft.Extensions.", "Polly."];
        var lifecycle = House.Sources.Files.Where(file => file is { Package.Name: "Nhi.Rotation", Room: "Lifecycle" }).ToList();
        var known = from file in lifecycle
                    from named in file.Named()
                    let name = (named.Symbol as INamedTypeSymbol ?? named.Symbol.ContainingType)?.ToDisplayString()
                    where name is not null && impure.Any(start => name.StartsWith(start, StringComparison.Ordinal))
                    select $"{file} knows {name}";

        Assert.NotEmpty(lifecycle);
        Assert.Empty(known.Distinct());
    }

    [Fact]
    public void The_contracts_depend_on_nothing_but_primitives()
    {
        var project = House.Sources.Packages.Single(package => package.Name == "Nhi.Rotation.Abstractions").Project;

        // What only travels along is not referenced.
        var references = project.Descendants().Where(item => item.Name.LocalName.EndsWith("Reference", StringComparison.Ordinal) && (string?)item.Attribute("ReferenceOutputAssembly") != "false");

        Assert.Equal(["Microsoft.Extensions.Primitives"], references.Select(item => (string?)item.Attribute("Include")));
    }

    [Fact]
    public void Only_tests_and_benchmarks_see_what_is_internal()
    {
        var friends = House.Sources.Packages.SelectMany(package => package.Project.Descendants("InternalsVisibleTo")).Select(item => (string)item.Attribute("Include")!).ToList();

        Assert.NotEmpty(friends);
        Assert.All(friends, friend => Assert.Matches(@"\.(Tests|Benchmarks)$", friend));
        Assert.DoesNotContain(House.Sources.Files, file => file.Syntax.ToFullString().Contains("InternalsVisibleTo", StringComparison.Ordinal));
    }
}

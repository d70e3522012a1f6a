namespace Nhi.Rotation.Architecture.Tests;

/// <summary>How large a thing may become before it is two.</summary>
public sealed class SizeTests
{
    [Fact]
    public void No_file_has_more_than_300_lines() =>
        None(House.Sources.Files.Where(file => Measures.Lines(file) > 300).Select(file => $"{file} has {Measures.Lines(file)} lines"));

    [Fact]
    public void No_type_keeps_more_than_12_fields() =>
        None(from file in House.Sources.Files from type in file.Types where Measures.Fields(type) > 12 select $"{file}: {type.Name} has {Measures.Fields(type)} fields");

    [Fact]
    public void No_file_knows_more_than_20_others_of_its_package() =>
        None(from file in House.Sources.Files let known = file.Knows.Count(other => other.Package == file.Package) where known > 20 select $"{file} knows {known} files");

    [Fact]
    public void No_circle_of_files_is_larger_than_two() =>
        None(Measures.Circles(House.Sources.Files, file => file.Knows).Where(circle => circle.Count > 2).Select(circle => string.Join(" <-> ", circle)));

    [Fact]
    public void No_method_has_more_than_40_lines() =>
        None(House.Sources.Files.SelectMany(Measures.Methods).Where(method => method.Lines > 40).Select(method => $"{method.Name} has {method.Lines} lines"));

    [Fact]
    public void No_method_has_more_than_15_ways_through() =>
        None(House.Sources.Files.SelectMany(Measures.Methods).Where(method => method.Complexity > 15).Select(method => $"{method.Name} has {method.Complexity} ways"));

    private static void None(IEnumerable<string> found)
    {
        string[] all = [.. found];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }
}

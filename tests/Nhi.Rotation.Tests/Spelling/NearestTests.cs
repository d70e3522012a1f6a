using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Tests.Spelling;

public sealed class NearestTests
{
    private static readonly string[] Known = ["Path", "Layout", "FileName", "JsonField", "RefreshInterval", "Overlap"];

    [Theory]
    [InlineData("Pth", "Path")]
    [InlineData("Paht", "Path")]
    [InlineData("path", "Path")]
    [InlineData("Paths", "Path")]
    [InlineData("JsonFeild", "JsonField")]
    [InlineData("Interval", "RefreshInterval")]
    [InlineData("OverlapWindow", "Overlap")]
    [InlineData("Filename_", "FileName")]
    public void What_was_probably_meant_is_asked(string written, string meant) =>
        Assert.Equal($" Did you mean '{meant}'?", Nearest.Question(written, Known));

    [Theory]
    [InlineData("Timeout")]
    [InlineData("p")]
    [InlineData("")]
    [InlineData("Pxyh")]
    public void What_is_far_from_all_is_not_guessed(string written) => Assert.Equal(string.Empty, Nearest.Question(written, Known));

    [Fact]
    public void Of_very_many_some_are_named_the_nearest_first()
    {
        var names = Enumerable.Range(0, 1_000).Select(number => $"credential-{number:000}").ToList();

        Assert.StartsWith("credential-777, ", Nearest.List(names, "kredential-777"), StringComparison.Ordinal);
        Assert.EndsWith(" and 990 more", Nearest.List(names, "kredential-777"), StringComparison.Ordinal);
        Assert.Equal("none", Nearest.List([]));
        Assert.Equal("a, b", Nearest.List(["b", "a"]));
    }
}

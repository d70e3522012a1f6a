using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Recipes.Tests;

public sealed class PageTests
{
    [Theory]
    [InlineData("databases.md", "Recipes")]
    [InlineData("yarp.md", "Recipes/Yarp")]
    [InlineData("otlp.md", "Recipes/Otlp")]
    [InlineData("which-package.md", "Recipes/Short")]
    public void The_code_of_the_page_is_the_code_that_is_tested(string page, string folder)
    {
        var onPage = File.ReadAllText(Path.Join(Folder(), "../../docs", page))
            .Split("```csharp\n")
            .Skip(1)
            .Select(static part => part[..part.IndexOf("```", StringComparison.Ordinal)]);
        var tested = Directory.GetFiles(Path.Join(Folder(), folder), "*.cs").Select(File.ReadAllText);

        Assert.Equal(tested.Order(StringComparer.Ordinal), onPage.Order(StringComparer.Ordinal));
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Recipes.Tests;

public sealed class PageTests
{
    [Fact]
    public void The_code_of_the_page_is_the_code_that_is_tested()
    {
        var onPage = File.ReadAllText(Path.Join(Folder(), "../../docs/databases.md"))
            .Split("```csharp\n")
            .Skip(1)
            .Select(static part => part[..part.IndexOf("```", StringComparison.Ordinal)]);
        var tested = Directory.GetFiles(Path.Join(Folder(), "Recipes"), "*.cs").Select(File.ReadAllText);

        Assert.Equal(tested.Order(StringComparer.Ordinal), onPage.Order(StringComparer.Ordinal));
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

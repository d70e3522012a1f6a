namespace Nhi.Rotation.TestSupport;

/// <summary>Programs that some tests need and only a full machine has. Without one a test is skipped, and fails in CI.</summary>
internal static class Installed
{
    /// <summary>The path of a program.</summary>
    /// <param name="name">Its file name.</param>
    /// <param name="package">The Debian package that brings it.</param>
    /// <param name="folders">Where else to look besides the search path.</param>
    public static string Program(string name, string package, params string[] folders)
    {
        var path = Find(name, folders);
        if (path is null)
        {
            SkipUnlessInCi($"'{name}' is not installed: apt-get install {package}");
        }

        return path!;
    }

    /// <summary>The path of a program, or <see langword="null"/>.</summary>
    public static string? Find(string name, params string[] folders) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(folders)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Skips the running test with a reason, or fails it where everything has to be there.</summary>
    public static void SkipUnlessInCi(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }
}

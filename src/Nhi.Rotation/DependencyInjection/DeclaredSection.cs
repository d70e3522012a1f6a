using Microsoft.Extensions.Configuration;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>A section whose children are credentials.</summary>
/// <param name="Section">The section.</param>
/// <param name="Names">The children it had when it was declared.</param>
internal sealed record DeclaredSection(IConfigurationSection Section, HashSet<string> Names)
{
    /// <summary>What is wrong with it, if anything is.</summary>
    /// <param name="configuration">The application's configuration, where the section is probably from.</param>
    public string? FindMistake(IConfiguration? configuration)
    {
        if (Section.GetChildren().FirstOrDefault(child => !Names.Contains(child.Key)) is { } late)
        {
            return $"{late.Path} is in configuration, and was not when AddRotatingCredentials(...) read the section. Add its source to configuration before that call.";
        }

        if (Names.Count > 0 || IsEmptyOnPurpose(configuration))
        {
            return null;
        }

        return Section.Value is { Length: > 0 }
            ? $"{Section.Path} is one value, and not a section of credentials. Name the section whose children are credentials."
            : $"configuration has no section '{Section.Path}'.{Nearby(configuration)} If it may be missing, ask Exists() before AddRotatingCredentials(...).";
    }

    private static IEnumerable<IConfigurationSection> Siblings(IConfiguration? configuration, string path) => configuration is null
        ? []
        : ConfigurationPath.GetParentPath(path) is { } parent ? configuration.GetSection(parent).GetChildren() : configuration.GetChildren();

    // {} and null are written down; a section that is missing is not.
    private bool IsEmptyOnPurpose(IConfiguration? configuration) =>
        string.IsNullOrEmpty(Section.Value) && Siblings(configuration, Section.Path).Any(sibling => string.Equals(sibling.Key, Section.Key, StringComparison.OrdinalIgnoreCase));

    private string Nearby(IConfiguration? configuration)
    {
        string[] sections = [.. Siblings(configuration, Section.Path).Where(sibling => sibling.GetChildren().Any()).Select(sibling => sibling.Key)];
        return sections.Length == 0 ? string.Empty : $"{Nearest.Question(Section.Key, sections)} Sections there: {Nearest.List(sections, Section.Key)}.";
    }
}

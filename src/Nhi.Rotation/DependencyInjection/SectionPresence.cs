using Microsoft.Extensions.Configuration;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Tells a section that is missing from one that says that there is nothing.</summary>
internal static class SectionPresence
{
    /// <summary>That a section is missing, with the ones that are there; <see langword="null"/> if it is not, as far as is known.</summary>
    /// <param name="section">The section.</param>
    /// <param name="configuration">The application's configuration, where the section is probably from.</param>
    public static string? FindMissing(IConfigurationSection section, IConfiguration? configuration)
    {
        var siblings = Siblings(configuration, section.Path).ToList();
        return section.Value is { Length: > 0 } || section.GetChildren().Any() || siblings.Exists(sibling => string.Equals(sibling.Key, section.Key, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"configuration has no section '{section.Path}'.{Nearby(section.Key, [.. siblings.Where(sibling => sibling.GetChildren().Any()).Select(sibling => sibling.Key)])}";
    }

    // {} and [] are written down, and so siblings.
    private static IEnumerable<IConfigurationSection> Siblings(IConfiguration? configuration, string path) => configuration is null
        ? []
        : ConfigurationPath.GetParentPath(path) is { } parent ? configuration.GetSection(parent).GetChildren() : configuration.GetChildren();

    private static string Nearby(string key, string[] sections) =>
        sections.Length == 0 ? string.Empty : $"{Nearest.Question(key, sections)} Sections there: {Nearest.List(sections, key)}.";
}

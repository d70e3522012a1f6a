using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>A section whose children are credentials.</summary>
/// <param name="Section">The section.</param>
/// <param name="Names">The children it had when it was declared.</param>
internal sealed record DeclaredSection(IConfigurationSection Section, HashSet<string> Names)
{
    /// <summary>What is wrong with it as a whole, if anything is; its credentials need not be looked at then.</summary>
    /// <param name="configuration">The application's configuration, where the section is probably from.</param>
    /// <param name="keys">The keys that the section of a credential may have.</param>
    public string? FindMistake(IConfiguration? configuration, IReadOnlySet<string> keys)
    {
        var children = Section.GetChildren().ToList();
        if (children.Find(child => !Names.Contains(child.Key)) is { } late)
        {
            return $"{late.Path} is in configuration, and was not when AddRotatingCredentials(...) read the section. Add its source to configuration before that call.";
        }

        if (children.Count == 0)
        {
            return Section.Value is { Length: > 0 }
                ? $"{Section.Path} is one value, and not a section of credentials. Name the section whose children are credentials."
                : SectionPresence.FindMissing(Section, configuration) is { } missing ? $"{missing} If it may be missing, ask Exists() before AddRotatingCredentials(...)." : null;
        }

        if (children.Exists(static child => string.IsNullOrWhiteSpace(child.Key)))
        {
            return $"{Section.Path} has a credential without a name. Give each one a name.";
        }

        return IsList(children)
            ? $"{Section.Path} is a list. Write a section that has each credential under its name."
            : FindWrongLevel(children, keys);
    }

    // Configuration has lists as sections whose keys are the numbers from 0 on.
    private static bool IsList(List<IConfigurationSection> children) =>
        children.Select(child => child.Key).ToHashSet(StringComparer.Ordinal).SetEquals(Enumerable.Range(0, children.Count).Select(index => index.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private string? FindWrongLevel(List<IConfigurationSection> children, IReadOnlySet<string> keys)
    {
        if (children.TrueForAll(child => keys.Contains(child.Key) && !child.GetChildren().Any(inside => keys.Contains(inside.Key))))
        {
            return $"{Section.Path} is the section of one credential. Name the one above it{(ConfigurationPath.GetParentPath(Section.Path) is { } above ? $", {above}" : string.Empty)}.";
        }

        return children.Find(child => child.GetChildren().ToList() is { Count: > 0 } inside && inside.TrueForAll(one => !keys.Contains(one.Key) && one.GetChildren().Any(key => keys.Contains(key.Key)))) is { } credentials
            ? $"{Section.Path} has no credentials, but {credentials.Path} has. Name that section."
            : null;
    }
}

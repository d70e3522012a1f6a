using System.Collections.Concurrent;

namespace Nhi.Rotation.Providers;

/// <summary>Names that end up as tags: the first so many are kept, the rest become <see cref="Other"/>.</summary>
internal sealed class BoundedNames(int limit)
{
    public const string Other = "other";

    // Made on first use: most credentials are never presented to us.
    private ConcurrentDictionary<string, bool>? _known;

    public string Fold(string name)
    {
        var known = LazyInitializer.EnsureInitialized(ref _known, static () => new(StringComparer.Ordinal));
        if (known.ContainsKey(name))
        {
            return name;
        }

        if (known.Count >= limit)
        {
            return Other;
        }

        known[name] = true;
        return name;
    }
}

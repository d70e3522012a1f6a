using System.Collections.Concurrent;

namespace Nhi.Rotation.Providers;

/// <summary>Names that end up as tags: the first so many are kept, the rest become <see cref="Other"/>.</summary>
internal sealed class BoundedNames(int limit)
{
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    public string Fold(string name)
    {
        if (_known.ContainsKey(name))
        {
            return name;
        }

        if (_known.Count >= limit)
        {
            return Other;
        }

        _known[name] = true;
        return name;
    }
}

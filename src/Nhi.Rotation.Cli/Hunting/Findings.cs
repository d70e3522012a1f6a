
namespace Nhi.Rotation.Cli.Hunting;

/// <summary>What a hunt found, and where it could not look.</summary>
internal sealed class Findings
{
    private readonly Dictionary<Hit, int> _hits = [];
    private readonly List<string> _notSeen = [];

    /// <summary>Each with how many copies are there.</summary>
    public IEnumerable<(Hit Hit, int Copies)> Hits => _hits.OrderBy(hit => hit.Key.IsGarbage).Select(static hit => (hit.Key, hit.Value));

    /// <summary>What could not be looked at, and why.</summary>
    public IReadOnlyList<string> NotSeen => _notSeen;

    /// <summary>Is told where the hunt is.</summary>
    public Action<string>? Looking { get; set; }

    public int Processes { get; set; }

    public int Files { get; set; }

    /// <summary>How long processes were stopped, each by its name.</summary>
    public List<(string Place, TimeSpan Time)> Stopped { get; } = [];

    /// <summary>How many copies are held, by in what they stand.</summary>
    public Dictionary<string, int> Held => _hits.Where(static hit => !hit.Key.IsGarbage).GroupBy(static hit => hit.Key.Kind, StringComparer.Ordinal).ToDictionary(static kind => kind.Key, static kind => kind.Sum(static hit => hit.Value), StringComparer.Ordinal);

    /// <summary>Nowhere, held, or not known.</summary>
    public ExitCode ExitCode => _hits.Keys.Any(static hit => !hit.IsGarbage) ? ExitCode.StillUsed : _notSeen.Count > 0 ? ExitCode.NotEnoughEvidence : ExitCode.Safe;

    /// <summary>A copy was found.</summary>
    /// <param name="form">What was found.</param>
    /// <param name="kind">In what it stands.</param>
    /// <param name="place">The process, dump or file.</param>
    /// <param name="where">Where in it, unless something is known to hold it.</param>
    /// <param name="holder">What holds it, as far as that is known.</param>
    public void Add(Form form, string kind, string place, string where, ObjectPath? holder = null)
    {
        var hit = new Hit(form.Value, place, holder?.Path ?? where, kind, form.Name, holder is { IsGarbage: true });
        _hits[hit] = _hits.GetValueOrDefault(hit) + 1;
    }

    public void Miss(string place, string why) => _notSeen.Add($"{place}: {why}");

    public void MissForRights(string path) => Miss(path, "access is denied: run as a user who may read it");
}

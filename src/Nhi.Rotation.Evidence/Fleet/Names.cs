using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>
/// What was called otherwise before, under the names of today: as somebody declared it, as an app says of its own credentials, or because two names had one value. Where an instance has a name of
/// then and the name of now side by side, these are two.
/// </summary>
internal sealed class Names
{
    // Of a value, by a key that several processes share; of one process's own key no other knows an id.
    private const string FingerprintPrefix = "fp-";

    private readonly Declarations _declared;
    private readonly Dictionary<(string App, string Before), string> _ofApp = [];
    private readonly Dictionary<string, string> _ofAll;
    private readonly List<KnownName> _known = [];

    public Names(IReadOnlyList<InstanceEvidence> instances, Declarations declared)
    {
        _declared = declared;
        _ofAll = new(declared.Renamed, StringComparer.Ordinal);
        Said(instances);
        Matched(instances);
    }

    /// <summary>What nobody had to declare.</summary>
    public IReadOnlyList<KnownName> Known => _known;

    /// <summary>The same instance under the names of today.</summary>
    public InstanceEvidence Today(InstanceEvidence instance)
    {
        var app = _declared.Renamed.GetValueOrDefault(instance.App, instance.App);
        return _ofAll.Count + _ofApp.Count == 0 ? instance : instance.Named(app, name => Now(app, instance, name));
    }

    private string Now(string app, InstanceEvidence instance, string name)
    {
        var now = name;
        for (var steps = 0; steps <= _ofAll.Count + _ofApp.Count && Next(app, now) is { } next && !instance.Credentials.ContainsKey(next); steps++)
        {
            now = next;
        }

        return now;
    }

    private string? Next(string app, string name) => _ofApp.TryGetValue((app, name), out var own) ? own : _ofAll.GetValueOrDefault(name);

    // An app knows its own. Others that still use the name of then mean the same, unless two apps say that it became two.
    private void Said(IReadOnlyList<InstanceEvidence> instances)
    {
        var said = from instance in instances
                   from credential in instance.Credentials
                   from before in credential.Value.Formerly
                   where before != credential.Key
                   select (App: _declared.Renamed.GetValueOrDefault(instance.App, instance.App), Before: before, Now: credential.Key);
        foreach (var names in said.Distinct().GroupBy(name => name.Before, StringComparer.Ordinal))
        {
            foreach (var (app, before, now) in names)
            {
                _ofApp[(app, before)] = now;
                _known.Add(new KnownName(before, now, $"{app} says so"));
            }

            if (names.Select(name => name.Now).Distinct(StringComparer.Ordinal).Count() == 1)
            {
                _ofAll.TryAdd(names.Key, names.First().Now);
            }
        }
    }

    // One value under two names that no instance ever had side by side.
    private void Matched(IReadOnlyList<InstanceEvidence> instances)
    {
        var today = instances.Select(Today).ToArray();
        var seen = from instance in today
                   from credential in instance.Credentials
                   from history in credential.Value.Histories
                   where history.VersionId.StartsWith(FingerprintPrefix, StringComparison.Ordinal)
                   group (credential.Key, instance.StartedAt) by history.VersionId into version
                   let names = version.GroupBy(one => one.Key, StringComparer.Ordinal).OrderBy(one => one.Max(run => run.StartedAt)).Select(one => one.Key).ToArray()
                   where names.Length > 1
                   select (Id: version.Key, Names: names);
        foreach (var (id, names) in seen.ToArray())
        {
            var now = names[^1];
            foreach (var before in names[..^1].Where(before => !today.Any(instance => instance.Credentials.ContainsKey(before) && instance.Credentials.ContainsKey(now))))
            {
                if (_ofAll.TryAdd(before, now))
                {
                    _known.Add(new KnownName(before, now, $"both had version {id}, which names its value"));
                }
            }
        }
    }
}

using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Who was seen on a newer version than an old one, in which runs: what an instance ran that is over may run elsewhere in its app.</summary>
internal sealed class RunMoves
{
    private readonly Dictionary<(string App, string? Place, string Consumer, string? Caller), Move> _moves = [];
    private readonly Dictionary<string, (Acceptance? Accepted, bool IsUsed)> _apps = new(StringComparer.Ordinal);
    private readonly DateTimeOffset? _since;

    /// <param name="runs">Of each instance the newer versions.</param>
    /// <param name="since">When the old version was replaced.</param>
    public RunMoves(IEnumerable<KeyValuePair<InstanceEvidence, Successors>> runs, DateTimeOffset? since)
    {
        _since = since;
        foreach (var (run, newer) in runs)
        {
            var (accepted, isUsed) = _apps.GetValueOrDefault(run.App);
            _apps[run.App] = (First(accepted, newer.Accepted), isUsed || newer.Uses.Count > 0);
            foreach (var use in newer.Uses)
            {
                var key = (run.App, run.Place, use.Consumer, use.Caller);
                _moves[key] = _moves.GetValueOrDefault(key).With(use.FirstUse >= since ? use.FirstUse : use.LastUse, use.LastUse, run.StartedAt);
            }
        }
    }

    /// <summary>What an instance that is over can show, by itself and by other runs.</summary>
    /// <param name="run">The instance.</param>
    /// <param name="own">What it saw itself.</param>
    /// <param name="isStale">Whether it started on the old version after that was replaced: its like elsewhere shows nothing then, only a later run in the same place.</param>
    public NewerUse Of(InstanceEvidence run, Successors own, bool isStale)
    {
        var (accepted, isUsed) = _apps.GetValueOrDefault(run.App);
        return new NewerUse(accepted, isUsed, use => own.MovedAt(use, _since) ?? MovedElsewhere(run, use, isStale));
    }

    // What is proven comes before what was only answered.
    private static Acceptance? First(params Acceptance?[] all) => all.OfType<Acceptance>().OrderBy(one => one.AsFarAs is not null).ThenBy(one => one.At).FirstOrDefault();

    private DateTimeOffset? MovedElsewhere(InstanceEvidence run, CredentialUse use, bool isStale)
    {
        var move = _moves.GetValueOrDefault((run.App, run.Place, use.Consumer, use.Caller));
        var isLater = isStale ? run.Place is not null && move.LastStart > run.StartedAt : move.Last >= use.LastUse;
        return isLater ? move.First : null;
    }

    private readonly record struct Move(DateTimeOffset? First, DateTimeOffset? Last, DateTimeOffset? LastStart)
    {
        public Move With(DateTimeOffset? first, DateTimeOffset? last, DateTimeOffset? start) =>
            new(First < first ? First : first, Last > last ? Last : last, LastStart > start ? LastStart : start);
    }
}

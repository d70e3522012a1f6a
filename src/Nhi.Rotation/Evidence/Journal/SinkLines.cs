using System.Text;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>One instance's chain as lines that somebody else stores. The same events from the same place make the same lines. Not safe for concurrent use.</summary>
internal sealed class SinkLines(ChainIdentity identity) : IDisposable
{
    // Whoever has the lines of a day must know whose they are: a store may drop older ones.
    private static readonly TimeSpan Introduction = TimeSpan.FromHours(1);

    private readonly ChainWriter _chain = new(identity);
    private readonly MemoryStream _line = new();
    private SinkPlace _place;

    /// <summary>Seals events. What was sealed before <paramref name="before"/> came about is taken back by <see cref="GoBack"/>.</summary>
    public List<EvidenceLine> Seal(IReadOnlyList<EvidenceEvent> events, out SinkPlace before)
    {
        before = _place = _place with { Chain = _chain.Position };
        var lines = new List<EvidenceLine>(events.Count + 1);
        foreach (var item in events)
        {
            if (_place.IntroducedAt is null || (item.At - _place.IntroducedAt.Value).Duration() >= Introduction)
            {
                _place = _place with { IntroducedAt = item.At, Introductions = _place.Introductions + 1 };
                _chain.Begin(_line, _place.Introductions, item.At, item.Uptime);
                lines.Add(Take(item.At));
            }

            _chain.Append(_line, item);
            lines.Add(Take(item.At));
        }

        return lines;
    }

    /// <summary>What came since was not stored.</summary>
    public void GoBack(SinkPlace place)
    {
        _place = place;
        _chain.Position = place.Chain;
    }

    public void Dispose() => _line.Dispose();

    private EvidenceLine Take(DateTimeOffset at)
    {
        var text = Encoding.UTF8.GetString(_line.GetBuffer().AsSpan(0, (int)_line.Length - 1));
        _line.SetLength(0);
        return new EvidenceLine(identity.App, identity.Instance, _chain.Position.Lines, at, text);
    }
}

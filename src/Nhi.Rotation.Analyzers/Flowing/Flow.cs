using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Follows a value through one member: through expressions, local variables and what captures them. Where it is handed to a method that is not known, the trail ends: no guess is made.</summary>
/// <param name="passing">How a value goes on.</param>
/// <param name="takes">Asked at each place: whether a rule has said what there is to say, so that the trail ends.</param>
internal sealed class Flow(Passing passing, Func<Strand, IOperation, bool> takes)
{
    private readonly HashSet<(IOperation Value, Form Form)> _seen = [];

    public void Follow(Source source)
    {
        _seen.Clear();
        var open = new Queue<Strand>();
        open.Enqueue(Strand.From(source));
        while (open.Count > 0)
        {
            var at = open.Dequeue();
            if (at.Value.Parent is not { } into || !_seen.Add((at.Value, at.Form)) || takes(at, into))
            {
                continue;
            }

            foreach (var next in passing.Next(at, into))
            {
                open.Enqueue(next);
            }
        }
    }
}

using System.Collections.Concurrent;

namespace Nhi.Rotation.Recipes.Tests.Servers;

/// <summary>The end of a server's output, for the error when it does not start.</summary>
internal sealed class LastLines
{
    private const int Kept = 20;

    private readonly ConcurrentQueue<string> _lines = new();

    public void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > Kept && _lines.TryDequeue(out _))
        {
        }
    }

    public override string ToString() => string.Join('\n', _lines);
}

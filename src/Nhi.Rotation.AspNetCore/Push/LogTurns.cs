using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>
/// Whose turn it is to be logged. Each has one turn in a while, so that nobody floods the log, and a turn of its own, so that nobody silences others. There are only
/// so many; whoever comes when all are taken shares one more. Safe for concurrent use.
/// </summary>
internal sealed class LogTurns(TimeProvider time, TimeSpan spacing, int capacity)
{
    /// <summary>Who shares a turn.</summary>
    public const string Others = "one of more clients than are told apart";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private Turn _others;

    /// <summary>Takes a turn.</summary>
    /// <param name="who">Whose turn it may be.</param>
    /// <param name="unsaid">How often it was not, since it last was.</param>
    /// <returns>Who is to be named, or <see langword="null"/> if nothing is to be said.</returns>
    public string? Take(string who, out long unsaid)
    {
        lock (_gate)
        {
            var hasOwn = HasOwn(who);
            ref var turn = ref _others;
            if (hasOwn)
            {
                turn = ref CollectionsMarshal.GetValueRefOrAddDefault(_turns, who, out _);
            }

            unsaid = turn.Unsaid;
            if (!IsOver(turn))
            {
                turn = turn with { Unsaid = turn.Unsaid + 1 };
                return null;
            }

            turn = new Turn(time.GetTimestamp(), 0);
            return hasOwn ? who : Others;
        }
    }

    // Room is made only when there is none: what a client left unsaid is told when it comes again, if it does.
    private bool HasOwn(string who)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_turns.ContainsKey(who) || _turns.Count < capacity)
        {
            return true;
        }

        foreach (var (name, turn) in _turns)
        {
            if (IsOver(turn))
            {
                _turns.Remove(name);
            }
        }

        return _turns.Count < capacity;
    }

    private bool IsOver(Turn turn) => turn.TakenAt is not { } at || time.GetElapsedTime(at) >= spacing;

    private readonly record struct Turn(long? TakenAt, long Unsaid);
}

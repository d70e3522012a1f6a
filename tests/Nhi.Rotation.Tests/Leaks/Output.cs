using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Testing;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>Everything that came out: of logs, exceptions, metrics, traces, events, texts, JSON and debugger views. Safe for concurrent use.</summary>
internal sealed class Output
{
    private readonly ConcurrentQueue<(string Where, string Text)> _lines = new();

    public IReadOnlyList<(string Where, string Text)> Lines => [.. _lines];

    public void Add(string where, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _lines.Enqueue((where, text));
        }
    }

    public void Add(string where, object? value) => Add(where, TextOf(value));

    /// <summary>An exception as a log, a debugger or a crash report would show it.</summary>
    public void Add(string where, Exception error)
    {
        Add(where, error.ToString());
        for (var current = error; current is not null; current = current.InnerException)
        {
            Add($"{where}, {current.GetType().Name}", current.Message);
            foreach (DictionaryEntry data in current.Data)
            {
                Add($"{where}, Data", $"{TextOf(data.Key)}={TextOf(data.Value)}");
            }

            if (current is CredentialException credential)
            {
                Add($"{where}, cause and fix", $"{credential.CredentialName} {credential.Cause} {credential.Fix}");
            }

            foreach (var inner in (current as AggregateException)?.InnerExceptions ?? [])
            {
                Add(where, inner);
            }
        }
    }

    public void Add(string where, FakeLogCollector log)
    {
        foreach (var record in log.GetSnapshot(clear: true))
        {
            var place = $"{where}, log {record.Category} {record.Id.Id}";
            Add(place, record.Message);
            Add(place, string.Join(' ', record.StructuredState ?? []));
            foreach (var scope in record.Scopes)
            {
                Add(place, scope is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : null);
                Add(place, scope?.ToString());
            }

            if (record.Exception is { } error)
            {
                Add(place, error);
            }
        }
    }

    /// <summary>Where the canaries are, and in which form.</summary>
    public IReadOnlyList<string> FindLeaks(params IEnumerable<Canary> canaries)
    {
        var leaks = from line in _lines
                    from canary in canaries
                    from form in canary.FindIn(line.Text)
                    select $"{line.Where}: {form} in: {(line.Text.Length > 300 ? line.Text[..300] : line.Text)}";
        return [.. leaks.Distinct()];
    }

    /// <summary>Fails if any canary is anywhere, or if a place that should have spoken did not.</summary>
    public void AssertSilent(params string[] heard)
    {
        Assert.All(heard, place => Assert.Contains(_lines, line => line.Where.Contains(place, StringComparison.Ordinal)));
        Assert.Empty(FindLeaks(Canary.All));
    }

    public static string? TextOf(object? value) => value switch
    {
        null => null,
        byte[] bytes => Convert.ToHexString(bytes),
        ReadOnlyMemory<byte> memory => Convert.ToHexString(memory.Span),
        Memory<byte> memory => Convert.ToHexString(memory.Span),
        char[] characters => new string(characters),
        string text => text,
        IEnumerable items => string.Join(' ', items.Cast<object?>().Select(TextOf)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

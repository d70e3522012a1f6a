using System.Globalization;
using System.Security.Cryptography;

namespace Nhi.Rotation.Testing;

/// <summary>One run of one rule: the store, and the steps that rules share.</summary>
internal sealed class SinkRun(IEvidenceSinkFixture fixture, TimeProvider time, CancellationToken ct)
{
    public IEvidenceSinkFixture Fixture => fixture;

    public TimeProvider Time => time;

    public CancellationToken Ct => ct;

    /// <summary>A chain of its own, with lines that are as long and as awkward as real ones may be.</summary>
    public List<EvidenceLine> NewLines(int count, string? awkward = null)
    {
        var instance = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var at = time.GetUtcNow();
        return
        [
            .. Enumerable.Range(1, count).Select(number => new EvidenceLine(
                "conformance", instance, number, at, string.Create(CultureInfo.InvariantCulture, $$"""{"instance":"{{instance}}","seq":{{number}},"text":"{{awkward}}"}"""))),
        ];
    }

    /// <summary>How often the store has each of the lines.</summary>
    public async Task<IReadOnlyList<int>> CountAsync(IReadOnlyCollection<EvidenceLine> lines)
    {
        var stored = await fixture.ReadAsync(ct).ConfigureAwait(false) ?? throw new RuleBrokenException("ReadAsync gives null");
        var counts = stored.CountBy(static line => line, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return [.. lines.Select(line => counts.GetValueOrDefault(line.Text))];
    }

    /// <summary>Passed if each of the lines is there.</summary>
    public async Task<Finding> FindAllAsync(IReadOnlyCollection<EvidenceLine> lines)
    {
        var missing = (await CountAsync(lines).ConfigureAwait(false)).Count(static count => count == 0);
        return missing == 0 ? Finding.Passed : Finding.Failed($"{missing} of {lines.Count} lines are missing, or are not what they were");
    }

    /// <summary>Appends what must fail, and gives the failure.</summary>
    public static async Task<Exception?> FailureAsync(IEvidenceSink sink, IReadOnlyList<EvidenceLine> lines, CancellationToken token)
    {
        try
        {
            await sink.AppendAsync(lines, token).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Any exception is an answer.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error;
        }
    }
}

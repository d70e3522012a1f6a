using System.Text;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>One instance's lines as log messages, each sealed line a message of its own.</summary>
internal sealed partial class JournalLogs(ILogger logger, ChainIdentity identity) : IJournalPlace
{
    public const string Category = "Nhi.Rotation.Evidence";

    // Whoever has the logs of a day must know whose lines they are: their store may drop older ones.
    private static readonly TimeSpan Introduction = TimeSpan.FromHours(1);

    private readonly ChainWriter _chain = new(identity);
    private readonly MemoryStream _line = new();
    private DateTimeOffset? _introducedAt;
    private int _number;

    public string Name => $"log category {Category}";

    public void Append(IReadOnlyList<EvidenceEvent> lines)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            throw new LogOffException();
        }

        foreach (var line in lines)
        {
            if (_introducedAt is null || (line.At - _introducedAt.Value).Duration() >= Introduction)
            {
                _introducedAt = line.At;
                _chain.Begin(_line, ++_number, line.At, line.Uptime);
                Send();
            }

            _chain.Append(_line, line);
            Send();
        }
    }

    // What a log loses on its way nobody here hears of; who reads the chain does.
    public long TakeLost() => 0;

    public void Sync()
    {
    }

    public void Dispose() => _line.Dispose();

    private void Send()
    {
        var text = Encoding.UTF8.GetString(_line.GetBuffer().AsSpan(0, (int)_line.Length - 1));
        _line.SetLength(0);
        try
        {
            Evidence(text);
        }
#pragma warning disable CA1031 // A log provider that throws may have written the line, or another provider may; the chain goes on, and who reads it misses what is missing.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    [LoggerMessage(EventId = 142, Level = LogLevel.Information, Message = "{Line}")]
    private partial void Evidence(string line);
}

using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>The app's own logs, each sealed line a message of its own.</summary>
internal sealed partial class JournalLogs(ILogger logger) : IEvidenceSink
{
    public const string Category = "Nhi.Rotation.Evidence";

    public string Name => $"log category {Category}";

    public ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            throw new EvidenceSinkException($"the log category {Category} is off", "Set its level to Information.");
        }

        foreach (var line in lines)
        {
            Send(line.Text);
        }

        return ValueTask.CompletedTask;
    }

    private void Send(string line)
    {
        try
        {
            Evidence(line);
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

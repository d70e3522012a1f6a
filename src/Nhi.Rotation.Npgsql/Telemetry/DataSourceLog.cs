using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Npgsql.Telemetry;

/// <summary>What one data source says. A refusal is told once per version and minute: in an outage there are as many as there are requests. Safe for concurrent use.</summary>
internal sealed class DataSourceLog(ILogger logger, string dataSource, string credential, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Event, string VersionId), long> _toldAt = [];

    public void Switched(string versionId, int outdated) => NpgsqlLog.Switched(logger, dataSource, credential, versionId, outdated);

    public void Drained(TimeSpan elapsed) => NpgsqlLog.Drained(logger, dataSource, credential, elapsed);

    public void OpenedAgain(string rejected, string reason, string other)
    {
        if (MayTell(502, rejected))
        {
            NpgsqlLog.OpenedAgain(logger, dataSource, credential, rejected, reason, other);
        }
    }

    public void NotOpenedAgain(string rejected, string reason)
    {
        if (MayTell(503, rejected))
        {
            NpgsqlLog.NotOpenedAgain(logger, dataSource, credential, rejected, reason);
        }
    }

    public void Suspected(string suspected, string reason, string other)
    {
        if (MayTell(507, suspected))
        {
            NpgsqlLog.Suspected(logger, dataSource, credential, suspected, reason, other);
        }
    }

    public void Closed(string versionId, int processId) => NpgsqlLog.Closed(logger, dataSource, credential, versionId, processId);

    public void StillBusy(string versionId, int processId) => NpgsqlLog.StillBusy(logger, dataSource, credential, versionId, processId);

    public void StillHeld(string versionId, int processId) => NpgsqlLog.StillHeld(logger, dataSource, credential, versionId, processId);

    private bool MayTell(int eventId, string versionId)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var (told, at) in _toldAt)
            {
                if (time.GetElapsedTime(at, now) >= Pace)
                {
                    _toldAt.Remove(told);
                }
            }

            return _toldAt.TryAdd((eventId, versionId), now);
        }
    }
}

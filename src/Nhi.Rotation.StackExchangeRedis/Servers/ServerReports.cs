using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.StackExchangeRedis.Connections;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>Tells what one server says of versions: the same thing once a minute, or the log would be full of it until somebody has added a password. Safe for concurrent use.</summary>
internal sealed class ServerReports(EndPoint endPoint, string credential, Func<ILogger> logger, TimeProvider time)
{
    /// <summary>How long a refusal counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Version, AuthAnswer Answer), long> _told = [];

    /// <summary>Whether the server refused the version a moment ago and has not accepted it since.</summary>
    public bool IsRefused(string versionId)
    {
        lock (_gate)
        {
            return _refused.TryGetValue(versionId, out var at) && time.GetElapsedTime(at) < Window;
        }
    }

    public void Heard(Credential version, AuthReply reply)
    {
        lock (_gate)
        {
            Forget();
            if (reply.Answer == AuthAnswer.Accepted)
            {
                _refused.Remove(version.VersionId);
                foreach (var answer in Enum.GetValues<AuthAnswer>())
                {
                    _told.Remove((version.VersionId, answer));
                }

                return;
            }

            if (reply.Answer == AuthAnswer.Rejected)
            {
                _refused[version.VersionId] = time.GetTimestamp();
            }

            if (!_told.TryAdd((version.VersionId, reply.Answer), time.GetTimestamp()))
            {
                return;
            }
        }

        if (reply.Answer == AuthAnswer.Rejected)
        {
            RedisLog.Refused(logger(), endPoint, version.VersionId, credential);
        }
        else
        {
            RedisLog.Unanswered(logger(), endPoint, version.VersionId, credential, reply.ErrorType ?? "no connection");
        }
    }

    public void Authenticated(Credential version) => RedisLog.Authenticated(logger(), endPoint, version.VersionId, credential);

    public void Reopened(Credential old, Credential @new) => RedisLog.SubscriptionReopened(logger(), endPoint, old.VersionId, @new.VersionId, credential);

    private void Forget()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        foreach (var (told, at) in _told)
        {
            if (time.GetElapsedTime(at) >= TellAgainAfter)
            {
                _told.Remove(told);
                _refused.Remove(told.Version);
            }
        }
    }
}

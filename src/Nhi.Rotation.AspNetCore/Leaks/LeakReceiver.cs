using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>
/// One request: rate, who reports, size, form; then each value is compared with all versions, and every answer takes the same time. Safe for concurrent use.
/// </summary>
internal sealed class LeakReceiver(string path, ReporterCheck reporters, IKnownValues values, LeakReportOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxReports = 1000;

    private readonly WarningPace _refused = new();
    private readonly PartitionedRateLimiter<HttpRequest> _rate = PartitionedRateLimiter.Create<HttpRequest, string>(request => RateLimitPartition.GetFixedWindowLimiter(
        ClientAddress.Of(request), _ => new FixedWindowRateLimiterOptions { PermitLimit = options.MaxRequestsPerMinute, Window = TimeSpan.FromMinutes(1) }));

    public async Task ReceiveAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var request = context.Request;
        var isGitHub = ReporterCheck.IsGitHub(request);
        if (!MayReport(context, isGitHub))
        {
            return;
        }

        if (await RequestBody.ReadAsync(request, MaxBytes, context.RequestAborted).ConfigureAwait(false) is not { } body)
        {
            Refuse(context, StatusCodes.Status413PayloadTooLarge, "It is larger than 1 MiB.");
            return;
        }

        try
        {
            if (isGitHub && !reporters.IsSigned(request, body.Span))
            {
                Refuse(context, StatusCodes.Status401Unauthorized, "Its signature is not GitHub's.");
            }
            else if (Read(body.Span) is not { } reports)
            {
                Refuse(context, StatusCodes.Status400BadRequest, "It is no array of objects with a token, or too many.");
            }
            else
            {
                await AnswerAsync(context, [.. reports.Select(report => Compare(context, report, isGitHub))], started).ConfigureAwait(false);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(body).Span);
        }
    }

    public void Dispose() => _rate.Dispose();

    private bool MayReport(HttpContext context, bool isGitHub)
    {
        using var permit = _rate.AttemptAcquire(context.Request);
        if (!permit.IsAcquired)
        {
            context.Response.Headers.RetryAfter = "60";
            Refuse(context, StatusCodes.Status429TooManyRequests, "There were too many.");
            return false;
        }

        if (isGitHub ? reporters.KnowsKey(context.Request) : reporters.HasKey(context.Request))
        {
            return true;
        }

        Refuse(context, StatusCodes.Status401Unauthorized, isGitHub ? "It names no key of GitHub that is known here: add the present one with AddGitHubKey." : "It has not the key of KeyCredential.");
        return false;
    }

    private static LeakReport[]? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LeakJson.Default.LeakReportArray) is { Length: > 0 and <= MaxReports } reports && Array.TrueForAll(reports, report => report is { Token.Length: > 0 }) ? reports : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private LeakAnswer Compare(HttpContext context, LeakReport report, bool isGitHub)
    {
        var found = values.Find(Encoding.UTF8.GetBytes(report.Token!));
        return new LeakAnswer(found.Count > 0, [.. found.Select(version => new LeakedVersion(version.CredentialName, version.VersionId, Act(context, version, isGitHub ? ReporterCheck.GitHub : ReporterCheck.Own)))]);
    }

    private string Act(HttpContext context, KnownValue leaked, string reporter)
    {
        var done = leaked.Stage == CredentialStage.Revoked ? "revoked before" : options.Revoke ? "revoked" : "alerted";
        if (done == "revoked")
        {
            // In effect when this returns; what is waited for then is the store, and nobody waits.
            _ = context.RequestServices.GetRequiredKeyedService<IRotatingCredentialProvider>(leaked.CredentialName)
                .RevokeAsync(leaked.VersionId, $"reported as leaked by {reporter}", CancellationToken.None).AsTask();
        }

        context.RequestServices.GetRequiredService<ICredentialEvents>().Tell(
            new CredentialEvent(CredentialEventKind.LeakReported, leaked.CredentialName, time.GetUtcNow()) { Reason = done == "alerted" ? done : "revoked", VersionId = leaked.VersionId });
        LeakLog.Leaked(logger, leaked.CredentialName, leaked.VersionId, leaked.Stage, reporter, done);
        return done;
    }

    /// <summary>How long an answer still waits: until the next whole multiple of the answer time, so that work that takes longer than that does not show either.</summary>
    internal static TimeSpan Rest(TimeSpan elapsed, TimeSpan answerTime) => answerTime - TimeSpan.FromTicks(elapsed.Ticks % answerTime.Ticks);

    private async Task AnswerAsync(HttpContext context, LeakAnswer[] answers, long started)
    {
        if (answers.Count(answer => !answer.IsKnown) is > 0 and var unknown)
        {
            LeakLog.Unknown(logger, unknown, ReporterCheck.IsGitHub(context.Request) ? ReporterCheck.GitHub : ReporterCheck.Own);
        }

        await Task.Delay(Rest(time.GetElapsedTime(started), options.AnswerTime), time, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(answers, LeakJson.Default.LeakAnswerArray, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private void Refuse(HttpContext context, int status, string cause)
    {
        context.Response.StatusCode = status;
        if (_refused.MayPass(time))
        {
            LeakLog.Refused(logger, path, ClientAddress.Of(context.Request), status, cause);
        }
    }
}

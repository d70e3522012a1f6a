using Microsoft.AspNetCore.Http;
using Nhi.Rotation;
using RotatingApi.Features;

namespace RotatingApi;

/// <summary>What a service counts. Safe for concurrent use.</summary>
internal sealed class Counts
{
    private long _requests;
    private long _failures;
    private long _refusals;
    private long _warnings;
    private string? _error;

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void CountWarning() => Interlocked.Increment(ref _warnings);

    public void CountFailure(Exception error)
    {
        Interlocked.Increment(ref _failures);
        Interlocked.CompareExchange(ref _error, $"{error.GetType().Name}: {error.Message}", null);
    }

    public async Task CountRefusalAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            Interlocked.Increment(ref _refusals);
        }
    }

    public State Read(IRotatingCredentialProvider key, IRotatingCredentialProvider certificate, IRotationLedger ledger) => new(
        key.Current.VersionId,
        certificate.Current.VersionId,
        ledger.GetInventory().Single(static entry => entry.CredentialName == Service.ShopKey).Versions.Count(static version => version.Stage == CredentialStage.Previous),
        Tls.CountOldConnections(ledger),
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _failures),
        Interlocked.Read(ref _refusals),
        Interlocked.Read(ref _warnings),
        _error);
}

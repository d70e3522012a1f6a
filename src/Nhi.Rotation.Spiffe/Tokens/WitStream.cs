using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Telemetry;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>The stream of WIT-SVIDs, as a signal.</summary>
internal sealed class WitStream(WorkloadApi api, IOptions<SpiffeOptions> options, TimeProvider time, IServiceProvider services) : IDisposable
{
    private readonly Subscription<WITSVIDResponse> _stream = new(
        api, "WIT-SVIDs", api.OpenWit, static _ => { }, options.Value, time, services.GetBackendLogger(Log.Category));

    public IChangeToken Watch() => _stream.Watch();

    public void Dispose() => _stream.Dispose();
}

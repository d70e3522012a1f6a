using Google.Protobuf;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Nhi.Rotation.Spiffe.Telemetry;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>The keys that sign the JWT-SVIDs of each trust domain, and the stream that brings them.</summary>
internal sealed class JwtBundles : IDisposable
{
    private const string OurUse = "jwt-svid";

    private readonly Subscription<JWTBundlesResponse> _stream;
    private readonly BundleBook<IReadOnlyList<SecurityKey>> _book;
    private readonly bool _stopsWhenDenied;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JwtBundles(WorkloadApi api, IOptions<SpiffeOptions> options, TimeProvider time, IServiceProvider services)
    {
        var logger = services.GetBackendLogger(Log.Category);
        _stopsWhenDenied = options.Value.StopWhenDenied;
        _book = new BundleBook<IReadOnlyList<SecurityKey>>(static (_, json, _) => Read(json), static keys => $"{keys.Count} keys of tokens", logger);
        _stream = new Subscription<JWTBundlesResponse>(api, "JWT bundles", api.OpenJwtBundles, Take, options.Value, time, logger);
    }

    /// <summary>Completed by the first message.</summary>
    public Task Begun => _begun.Task;

    /// <summary>The keys of a trust domain now; <see langword="null"/> if no token of it is trusted.</summary>
    public IReadOnlyList<SecurityKey>? Find(string trustDomain) => _stopsWhenDenied && _stream.Problem?.Failure == BackendFailure.AccessDenied ? null : _book.Find(trustDomain);

    public void Start() => _stream.Start();

    public void Dispose() => _stream.Dispose();

    // A message without a bundle lacks what is mandatory, and is discarded.
    private void Take(JWTBundlesResponse response)
    {
        if (response.Bundles.Count == 0)
        {
            return;
        }

        _book.Replace(response.Bundles.Where(static bundle => SpiffeId.TryParse(bundle.Key, out _)).Select(static bundle => (SpiffeId.Parse(bundle.Key).TrustDomain, bundle.Value)));
        _begun.TrySetResult();
    }

    // A set without a key says that none is trusted. A key without an id cannot be told from others, and the standard has none. SPIRE leaves the use out where all are for tokens.
    private static List<SecurityKey>? Read(ByteString json)
    {
        try
        {
            return json.IsEmpty ? null : [.. new JsonWebKeySet(json.ToStringUtf8()).Keys.Where(static key => !string.IsNullOrEmpty(key.KeyId) && key.Use is null or "" or OurUse)];
        }
#pragma warning disable CA1031 // Whatever a parser says of a text that it cannot read.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}

using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.Spiffe.Workload;

/// <summary>Calls to the Workload API. What the standard says not to ask again is not asked again.</summary>
internal sealed class WorkloadApi : IDisposable
{
    // The security header of the endpoint's standard, section 3: without it every request is refused.
    private static readonly Metadata Header = new() { { "workload.spiffe.io", "true" } };

    private readonly WorkloadAddress _address;
    private readonly GrpcChannel _channel;
    private readonly SpiffeWorkloadAPI.SpiffeWorkloadAPIClient _client;
    private readonly ConcurrentDictionary<Type, WorkloadProblem> _final = new();

    public WorkloadApi(IOptions<SpiffeOptions> options)
        : this(WorkloadAddress.Read(options.Value.EndpointSocket, out var mistake) ?? throw new InvalidOperationException(mistake))
    {
    }

    public WorkloadApi(WorkloadAddress address)
    {
        _address = address;
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = (_, ct) => address.ConnectAsync(ct), UseProxy = false },
            DisposeHttpClient = true,
            Credentials = ChannelCredentials.Insecure,
        });
        _client = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(_channel);
    }

    public AsyncServerStreamingCall<X509SVIDResponse> OpenX509(CancellationToken ct) => _client.FetchX509SVID(new X509SVIDRequest(), Header, cancellationToken: ct);

    public AsyncServerStreamingCall<WITSVIDResponse> OpenWit(CancellationToken ct) => _client.FetchWITSVID(new WITSVIDRequest(), Header, cancellationToken: ct);

    /// <summary>What a stream would bring, as it is now: one of its own, of which the first message is read.</summary>
    /// <exception cref="BackendException">There is nothing to be had.</exception>
    public async Task<T> FetchFirstAsync<T>(Func<CancellationToken, AsyncServerStreamingCall<T>> open, string credentialName, CancellationToken ct)
        where T : class
    {
        T? first = null;
        var problem = await ReadAsync(
            open,
            (T message) =>
            {
                first = message;
                return false;
            },
            ct).ConfigureAwait(false);
        return first ?? throw problem.For(credentialName);
    }

    public AsyncServerStreamingCall<JWTBundlesResponse> OpenJwtBundles(CancellationToken ct) => _client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: ct);

    /// <summary>The JWT-SVIDs for an audience.</summary>
    /// <exception cref="BackendException">There are none to be had.</exception>
    public async Task<JWTSVIDResponse> FetchJwtAsync(string credentialName, string audience, CancellationToken ct)
    {
        if (_final.TryGetValue(typeof(JWTSVIDResponse), out var final))
        {
            throw final.For(credentialName);
        }

        try
        {
            return await _client.FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { audience } }, Header, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (RpcException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (RpcException error)
        {
            throw Remember(typeof(JWTSVIDResponse), WorkloadProblem.Of(error, _address)).For(credentialName);
        }
    }

    /// <summary>Reads a stream until it ends.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="take">Takes each message, and says whether another one is wanted.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Why it ended.</returns>
    public async Task<WorkloadProblem> ReadAsync<T>(Func<CancellationToken, AsyncServerStreamingCall<T>> open, Func<T, bool> take, CancellationToken ct)
        where T : class
    {
        if (_final.TryGetValue(typeof(T), out var final))
        {
            return final;
        }

        try
        {
            using var call = open(ct);
            while (await call.ResponseStream.MoveNext(ct).ConfigureAwait(false) && take(call.ResponseStream.Current))
            {
            }

            return WorkloadProblem.Ended;
        }
        catch (RpcException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (RpcException error)
        {
            return Remember(typeof(T), WorkloadProblem.Of(error, _address));
        }
    }

    public void Dispose() => _channel.Dispose();

    private WorkloadProblem Remember(Type message, WorkloadProblem problem) => problem.IsFinal ? _final.GetOrAdd(message, problem) : problem;
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using SpiffeSample.LocalAgent.Protocol;

namespace SpiffeSample.LocalAgent;

/// <summary>What an agent knows: a trust domain, entries, federated domains. A change is pushed to every open stream.</summary>
public sealed class LocalAgentState(TrustDomain domain)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private List<WorkloadEntry> _entries = [];
    private Dictionary<string, TrustDomain> _federated = new(StringComparer.Ordinal);
    private X509SVIDResponse? _sent;
    private WITSVIDResponse _bound = new();
    private TaskCompletionSource _changed = New();
    private TaskCompletionSource _broken = New();

    public TrustDomain Domain => domain;

    /// <summary>What every call is refused with, if with anything.</summary>
    public StatusCode? Refuses { get; set; }

    /// <summary>Changes what is sent, for tests of what must be refused.</summary>
    public Action<X509SVIDResponse>? Distort { get; set; }

    /// <summary>What every call for a token is refused with, if with anything.</summary>
    public StatusCode? RefusesTokens { get; set; }

    /// <summary>Changes header and claims of tokens, for tests of what must be refused.</summary>
    public Action<JsonObject, JsonObject>? DistortToken { get; set; }

    /// <summary>Changes what is sent of tokens, for tests of what must be refused.</summary>
    public Action<JWTSVIDResponse>? DistortTokens { get; set; }

    /// <summary>How long tokens are valid.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock of tokens.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Whether nothing is sent, though the call stays open.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Completed when a stream is to end.</summary>
    public Task Broken => _broken.Task;

    /// <summary>How often something was called.</summary>
    public int Calls(string method) => _calls.GetValueOrDefault(method);

    public void Count(string method) => _calls.AddOrUpdate(method, 1, static (_, count) => count + 1);

    /// <summary>Sets the entries, and issues SVIDs.</summary>
    public void Register(params WorkloadEntry[] entries)
    {
        lock (_gate)
        {
            _entries = [.. entries];
        }

        Renew();
    }

    /// <summary>Sends the bundle of another trust domain along.</summary>
    public void Federate(TrustDomain other)
    {
        lock (_gate)
        {
            _federated = new(_federated, StringComparer.Ordinal) { [other.Id] = other };
        }

        Push();
    }

    /// <summary>Sends it no more.</summary>
    public void Part(TrustDomain other)
    {
        lock (_gate)
        {
            _federated = _federated.Where(one => one.Key != other.Id).ToDictionary(StringComparer.Ordinal);
        }

        Push();
    }

    /// <summary>Issues new SVIDs and pushes them.</summary>
    public void Renew(Action<SvidShape>? shape = null)
    {
        lock (_gate)
        {
            var response = new X509SVIDResponse();
            foreach (var entry in _entries)
            {
                var svid = domain.Issue(entry.Path, entry.Life, shape);
                response.Svids.Add(new X509SVID
                {
                    SpiffeId = svid.Id,
                    X509Svid = ByteString.CopyFrom(svid.Certificate.Span),
                    X509SvidKey = ByteString.CopyFrom(svid.Key.Span),
                    Hint = entry.Hint,
                });
            }

            _sent = response;
            _bound = new WITSVIDResponse();
            foreach (var entry in _entries)
            {
                var (token, key) = domain.Tokens.IssueBound(entry.Path, Time.GetUtcNow(), TokenLife, DistortToken);
                _bound.Svids.Add(new WITSVID { SpiffeId = domain.Id + entry.Path, WitSvid = token, WitSvidKey = key, Hint = entry.Hint });
            }
        }

        Push();
    }

    /// <summary>Sends the same SVIDs with the bundles as they are now.</summary>
    public void Push() => Interlocked.Exchange(ref _changed, New()).TrySetResult();

    /// <summary>Ends every open stream, as an agent that goes away does.</summary>
    public void BreakStreams() => Interlocked.Exchange(ref _broken, New()).TrySetResult();

    /// <summary>What is sent now, and what completes when that has changed.</summary>
    public (X509SVIDResponse? Response, Task Changed) Now()
    {
        var changed = Volatile.Read(ref _changed).Task;
        lock (_gate)
        {
            if (_sent is null || _sent.Svids.Count == 0)
            {
                return (null, changed);
            }

            var response = _sent.Clone();
            foreach (var svid in response.Svids)
            {
                svid.Bundle = ByteString.CopyFrom(domain.ToBundle());
            }

            foreach (var (id, other) in _federated)
            {
                response.FederatedBundles.Add(id, ByteString.CopyFrom(other.ToBundle()));
            }

            Distort?.Invoke(response);
            return (response, changed);
        }
    }

    /// <summary>Tokens for an audience, one for each entry.</summary>
    public JWTSVIDResponse Issue(string audience)
    {
        var response = new JWTSVIDResponse();
        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                var token = domain.Tokens.Issue(entry.Path, audience, Time.GetUtcNow(), TokenLife, DistortToken);
                response.Svids.Add(new JWTSVID { SpiffeId = domain.Id + entry.Path, Svid = token, Hint = entry.Hint });
            }
        }

        DistortTokens?.Invoke(response);
        return response;
    }

    /// <summary>The tokens that are bound to a key now, and what completes when they have changed.</summary>
    public (WITSVIDResponse Response, Task Changed) Bound()
    {
        var changed = Volatile.Read(ref _changed).Task;
        lock (_gate)
        {
            return (_bound.Clone(), changed);
        }
    }

    /// <summary>The keys of tokens now, and what completes when they have changed.</summary>
    public (JWTBundlesResponse Response, Task Changed) Keys()
    {
        var changed = Volatile.Read(ref _changed).Task;
        lock (_gate)
        {
            var response = new JWTBundlesResponse { Bundles = { [domain.Id] = ByteString.CopyFromUtf8(domain.Tokens.ToBundle()) } };
            foreach (var (id, other) in _federated)
            {
                response.Bundles.Add(id, ByteString.CopyFromUtf8(other.Tokens.ToBundle()));
            }

            return (response, changed);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

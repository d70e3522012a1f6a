using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SpiffeSample.LocalAgent;

/// <summary>What signs the JWT-SVIDs of a trust domain, with keys that rotate as its roots do.</summary>
public sealed class TokenAuthority(string trustDomain) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(string Id, ECDsa Key)> _keys = [NewKey()];
    private int _signing;

    /// <summary>What the bundle says that its keys are for, if anything; SPIRE says nothing.</summary>
    public string? KeyUse { get; set; } = "jwt-svid";

    /// <summary>Puts a new key into the bundle; it signs nothing yet.</summary>
    public void PrepareKey()
    {
        lock (_gate)
        {
            _keys.Add(NewKey());
        }
    }

    /// <summary>From now on the newest key signs.</summary>
    public void ActivateKey()
    {
        lock (_gate)
        {
            _signing = _keys.Count - 1;
        }
    }

    /// <summary>Takes the oldest key out of the bundle.</summary>
    public void DropOldKey()
    {
        lock (_gate)
        {
            _keys.RemoveAt(0);
            _signing = Math.Max(0, _signing - 1);
        }
    }

    /// <summary>The bundle: a JWK set.</summary>
    public string ToBundle()
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["keys"] = new JsonArray([.. _keys.Select(key =>
                {
                    var point = key.Key.ExportParameters(includePrivateParameters: false).Q;
                    var jwk = new JsonObject
                    {
                        ["kty"] = "EC",
                        ["kid"] = key.Id,
                        ["crv"] = "P-256",
                        ["x"] = Base64Url.EncodeToString(point.X),
                        ["y"] = Base64Url.EncodeToString(point.Y),
                    };
                    if (KeyUse is not null)
                    {
                        jwk["use"] = KeyUse;
                    }

                    return jwk;
                })]),
            }.ToJsonString();
        }
    }

    /// <summary>Issues a token.</summary>
    /// <param name="path">Whose.</param>
    /// <param name="audience">For whom; nobody for one that is bound to a key.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is valid.</param>
    /// <param name="shape">Changes header and claims, for tests of what must be refused.</param>
    /// <param name="more">More claims.</param>
    public string Issue(string path, string? audience, DateTimeOffset now, TimeSpan life, Action<JsonObject, JsonObject>? shape = null, JsonObject? more = null)
    {
        string id;
        ECDsa key;
        lock (_gate)
        {
            (id, key) = _keys[_signing];
        }

        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = id, ["typ"] = audience is null ? "wit+jwt" : "JWT" };
        var claims = new JsonObject
        {
            ["sub"] = $"spiffe://{trustDomain}{path}",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + life).ToUnixTimeSeconds(),
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
        };
        if (audience is not null)
        {
            claims["aud"] = new JsonArray(audience);
        }

        foreach (var (name, value) in more ?? [])
        {
            claims[name] = value!.DeepClone();
        }

        shape?.Invoke(header, claims);
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Issues a token that is bound to a new key (a WIT-SVID), and the key as a JWK.</summary>
    public (string Token, string Key) IssueBound(string path, DateTimeOffset now, TimeSpan life, Action<JsonObject, JsonObject>? shape = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["alg"] = "ES256",
            ["x"] = Base64Url.EncodeToString(parameters.Q.X),
            ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
        };
        var token = Issue(path, audience: null, now, life, shape, new JsonObject { ["cnf"] = new JsonObject { ["jwk"] = jwk.DeepClone() } });
        jwk["d"] = Base64Url.EncodeToString(parameters.D);
        return (token, jwk.ToJsonString());
    }

    public void Dispose()
    {
        foreach (var (_, key) in _keys)
        {
            key.Dispose();
        }
    }

    private static (string Id, ECDsa Key) NewKey() => (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), ECDsa.Create(ECCurve.NamedCurves.nistP256));
}

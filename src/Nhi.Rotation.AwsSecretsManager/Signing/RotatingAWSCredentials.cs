using System.Collections.Immutable;
using System.Diagnostics;
using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>An access key that rotates. The SDK asks for it before it signs a request, so each request counts for the version that signed it.</summary>
internal sealed class RotatingAWSCredentials : AWSCredentials
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly IDerived<ImmutableCredentials> _key;

    // Access key ids, which are public, and the versions they are from: an answer of the service tells only the id that signed the request.
    private ImmutableDictionary<string, string> _versions = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    // What was rejected since the last answer.
    private ImmutableHashSet<string> _refused = [];

    // What signs instead of a version that was just rejected, for one answer: the engine falls back only to a version that was seen to work.
    private volatile Trial? _trial;

    public RotatingAWSCredentials(IRotatingCredentialProvider provider)
    {
        _provider = provider;
        _key = provider.Derive(Parse);
    }

    public override ImmutableCredentials GetCredentials()
    {
        if (_provider.Credentials.Current is null)
        {
            // Blocking is what the caller of a synchronous method asked for.
            _provider.GetCurrentAsync().AsTask().GetAwaiter().GetResult();
        }

        return Choose();
    }

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        await _provider.GetCurrentAsync().ConfigureAwait(false);
        return Choose();
    }

    /// <summary>Tells the provider what the service said of the key that signed a request.</summary>
    public void Report(IDictionary<string, string> headers, CredentialOutcome outcome)
    {
        if (headers.TryGetValue("Authorization", out var authorization)
            && SignedBy(authorization) is { } keyId
            && _versions.TryGetValue(keyId, out var versionId)
            && Versions().FirstOrDefault(version => version.VersionId == versionId) is { } signer)
        {
            _provider.Report(signer, outcome);
            _refused = outcome == CredentialOutcome.Rejected ? _refused.Add(versionId) : [];
            _trial = outcome == CredentialOutcome.Rejected ? TryOther() : null;
        }
    }

    private ImmutableCredentials Choose()
    {
        if (_trial is not { } trial || trial.Rejected != _provider.Credentials.Current?.VersionId || trial.Other.Stage is CredentialStage.Retired or CredentialStage.Revoked)
        {
            return _key.Current;
        }

        // It is used, so it counts.
        _ = trial.Other.RevealBytes();
        return trial.Key;
    }

    // An answer comes back to the caller, so it is the next request that is signed with another version. When none is left, it begins anew.
    private Trial? TryOther()
    {
        var set = _provider.Credentials;
        foreach (var other in set.Presentable)
        {
            if (set.Current is { } current && other != current && !_refused.Contains(other.VersionId) && other.Stage is not (CredentialStage.Retired or CredentialStage.Revoked))
            {
                try
                {
                    return new Trial(current.VersionId, other, Parse(other));
                }
                catch (CredentialFormatException)
                {
                    // A version that cannot be read is no alternative.
                }
            }
        }

        _refused = [];
        return null;
    }

    // AWS4-HMAC-SHA256 Credential=AKID/20260101/..., SignedHeaders=...
    private static string? SignedBy(string authorization)
    {
        const string Field = "Credential=";
        var start = authorization.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        var end = start < Field.Length ? -1 : authorization.IndexOf('/', start);
        return end < 0 ? null : authorization[start..end];
    }

    private IEnumerable<Credential> Versions()
    {
        var set = _provider.Credentials;
        return [.. set.Presentable, .. set.Retired];
    }

    private ImmutableCredentials Parse(Credential credential)
    {
        var fields = JsonFields.Parse(credential);
        var key = new ImmutableCredentials(fields.Text("AccessKeyId"), fields.Text("SecretAccessKey"), fields.Find("SessionToken"));
        var known = Versions().Select(static version => version.VersionId).ToHashSet(StringComparer.Ordinal);
        ImmutableInterlocked.Update(
            ref _versions,
            static (versions, added) => versions.RemoveRange(versions.Where(version => !added.known.Contains(version.Value)).Select(static version => version.Key)).SetItem(added.AccessKey, added.VersionId),
            (key.AccessKey, credential.VersionId, known));
        return key;
    }

    private sealed record Trial(string Rejected, Credential Other, [property: DebuggerBrowsable(DebuggerBrowsableState.Never)] ImmutableCredentials Key)
    {
        public override string ToString() => $"{Other} instead of {Rejected}";
    }
}

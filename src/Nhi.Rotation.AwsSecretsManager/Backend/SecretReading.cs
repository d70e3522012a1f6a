using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Telemetry;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Answers one request: first the labels, then the values that are not known yet.</summary>
internal sealed class SecretReading
{
    private const string GetAction = "secretsmanager:GetSecretValue";

    private readonly OpenSecret _secret;
    private readonly IReadOnlySet<string> _known;
    private readonly ILogger _logger;
    private SecretDescription _description = new(null);
    private List<StagedVersion> _versions = [];

    private SecretReading(OpenSecret secret, IReadOnlySet<string> known, ILogger logger)
    {
        _secret = secret;
        _known = known;
        _logger = logger;
    }

    public ISecretsManagerClient Client => _secret.Client;

    public string Where => _secret.Call.Where;

    public (ISecretsManagerClient Client, string SecretId) Identity => (Client, _secret.Call.Address.SecretId);

    /// <summary>The secret's full ARN; known once it was described.</summary>
    public string Arn => _description.Arn;

    public bool LacksCurrent => _versions.Exists(version => version.Label == VersionLabel.Current && !_known.Contains(version.Id));

    /// <exception cref="BackendException">There is no client to ask with: no region, no credentials.</exception>
    public static SecretReading Open(BackendRequest request, Func<string?, ISecretsManagerClient> clients, ILogger logger) =>
        new(OpenSecret.Open(request.CredentialName, request.Key, clients), request.KnownVersionIds, logger);

    public Task<SecretDescription> AskDescription(CancellationToken ct) => _secret.AskDescription(ct);

    /// <param name="description">The answer, which several readings of one secret may share.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="BackendException">It failed, or there is nothing to read.</exception>
    public async Task DescribeAsync(Task<SecretDescription> description, CancellationToken ct)
    {
        try
        {
            _description = await description.ConfigureAwait(false);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            throw _secret.NotDescribed(error);
        }

        _secret.Check(_description);
        _versions = StagedVersion.From(_description);
        if (!_versions.Exists(version => version.Label == VersionLabel.Current))
        {
            throw _secret.Call.Error(
                BackendFailure.NotFound, $"secret '{_secret.Call.Address.SecretId}' has no version labelled AWSCURRENT", "Put a value into it (aws secretsmanager put-secret-value).");
        }
    }

    /// <param name="batched">The secret's current value, if a batch brought it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="BackendException">The current value is not known and cannot be read.</exception>
    public async Task<BackendListing> ListAsync(SecretVersionValue? batched, CancellationToken ct) =>
        new(await Task.WhenAll(_versions.Select(version => ReadAsync(version, batched, ct))).ConfigureAwait(false))
        {
            Owner = _description.Tag("owner"),
            Purpose = _description.Tag("purpose"),
        };

    private async Task<BackendVersion> ReadAsync(StagedVersion version, SecretVersionValue? batched, CancellationToken ct)
    {
        if (_known.Contains(version.Id) || !version.IsKept)
        {
            return Describe(version);
        }

        try
        {
            // A batch reads what is current now, which a rotation may have changed since the labels were read.
            var content = batched?.VersionId == version.Id ? new SecretContent(batched) : await GetAsync(version.Id, ct).ConfigureAwait(false);
            return Describe(version, content?.Read(_secret.Call, version.Id), content?.CreatedOn);
        }
        catch (BackendException error) when (version.Label != VersionLabel.Current || version.RevokedBecause is not null)
        {
            Log.ValueMissing(_logger, version.Id, version.Label, error.Message);
            return Describe(version);
        }
    }

    private static BackendVersion Describe(StagedVersion version, SecretValue? value = null, DateTimeOffset? createdOn = null) =>
        new(version.Id, value) { Label = version.Label, RevokedBecause = version.RevokedBecause, CreatedOn = createdOn };

    /// <summary>The content of a version, or <see langword="null"/> when the service lists it and does not have it: it is about to come, or has just gone.</summary>
    private async Task<SecretContent?> GetAsync(string versionId, CancellationToken ct)
    {
        try
        {
            return await Client.GetSecretValueAsync(Arn, versionId, ct).ConfigureAwait(false) is { } value ? new SecretContent(value) : null;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            return ServiceErrors.IsNotFound(error) ? null : throw _secret.Call.Map(error, GetAction);
        }
    }
}

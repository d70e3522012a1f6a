using System.Text;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsParameterStore.Telemetry;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>Answers one request: first the history, then the values that are not known yet.</summary>
internal sealed class ParameterReading
{
    private const int PageSize = 50;

    private readonly IReadOnlySet<string> _known;
    private readonly Dictionary<long, BackendException> _errors = [];
    private readonly Dictionary<long, string> _values = [];
    private List<StagedVersion> _versions = [];

    private ParameterReading(ParameterCall call, IAmazonSimpleSystemsManagement client, IReadOnlySet<string> known)
    {
        Call = call;
        Client = client;
        _known = known;
    }

    public ParameterCall Call { get; }

    public IAmazonSimpleSystemsManagement Client { get; }

    /// <summary>What tells one parameter from another: several credentials may read fields of one.</summary>
    public (IAmazonSimpleSystemsManagement Client, string Name) Identity => (Client, Call.Address.Name);

    /// <summary>The numbers of the versions whose value has to be decrypted.</summary>
    public IEnumerable<long> Wanted => _versions.Where(version => version.IsEncrypted && !_known.Contains(version.Id)).Select(version => version.Number);

    /// <exception cref="BackendException">There is no client to ask with: no region, no credentials.</exception>
    public static ParameterReading Open(BackendRequest request, Func<string?, IAmazonSimpleSystemsManagement> clients)
    {
        var address = ParameterAddress.Parse(request.Key);
        try
        {
            var client = clients(address.Region);
            var where = client.Config.RegionEndpoint is { } region ? $"AWS Parameter Store in {region.SystemName}" : $"AWS Parameter Store at {client.Config.ServiceURL}";
            return new ParameterReading(new ParameterCall(request.CredentialName, address, where), client, request.KnownVersionIds);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new ParameterCall(request.CredentialName, address, "AWS Parameter Store").Map(error, ParameterCall.HistoryAction);
        }
    }

    /// <summary>All versions, without decryption: of a SecureString the answer carries ciphertext alone. At most two pages, since a parameter has at most 100 versions.</summary>
    public async Task<List<ParameterHistory>> AskHistoryAsync(CancellationToken ct)
    {
        var history = new List<ParameterHistory>();
        string? next = null;
        do
        {
            var page = await Client.GetParameterHistoryAsync(
                new GetParameterHistoryRequest { Name = Call.Address.Name, WithDecryption = false, MaxResults = PageSize, NextToken = next }, ct).ConfigureAwait(false);
            history.AddRange(page.Parameters ?? []);
            next = string.IsNullOrEmpty(page.NextToken) || page.NextToken == next ? null : page.NextToken;
        }
        while (next is not null);
        return history;
    }

    /// <exception cref="BackendException">There is nothing to read.</exception>
    public void Take(List<ParameterHistory> history, LabelNames names)
    {
        if (history.Exists(entry => entry.Version is not > 0 || entry.LastModifiedDate is null))
        {
            throw Call.Invalid($"the answer of {Call.Where} has a version without number or date", "Check for a proxy or a custom endpoint that changes answers.");
        }

        _versions = StagedVersion.Choose(history, names);
        if (_versions.TrueForAll(version => version.RevokedBecause is not null || version.Label == VersionLabel.Pending)
            && !_versions.Exists(version => version.RevokedBecause is not null && _known.Contains(version.Id)))
        {
            // To a process that knows one that is revoked it is news, and no error.
            throw Call.NotFound($"{Call.Aws.Subject} has no version that may be presented");
        }
    }

    public void Got(long version, string? value) => _values[version] = value ?? string.Empty;

    public void Failed(long version, BackendException error) => _errors[version] = error;

    /// <exception cref="BackendException">The current value is not known and cannot be read.</exception>
    public BackendListing List(ILogger logger) => new([.. _versions.Select(version => Read(version, logger))]);

    private BackendVersion Read(StagedVersion version, ILogger logger)
    {
        SecretValue? value = null;
        DateTimeOffset? expiresOn = null;
        try
        {
            expiresOn = ExpirationPolicy.Find(Call, version);
            value = _known.Contains(version.Id) ? null : Value(version);
        }
        catch (BackendException error) when (version != Presented || error.Failure == BackendFailure.NotFound)
        {
            Log.ValueMissing(logger, version.Id, version.Label, error.Message);
        }

        return new BackendVersion(version.Id, value)
        {
            Label = version.Label,
            RevokedBecause = version.RevokedBecause,
            CreatedOn = version.CreatedOn,
            ExpiresOn = expiresOn,
        };
    }

    private StagedVersion? Presented =>
        _versions.FindLast(version => version.RevokedBecause is null && version.Label is VersionLabel.Current or VersionLabel.None);

    private SecretValue Value(StagedVersion version)
    {
        if (_errors.TryGetValue(version.Number, out var error))
        {
            throw error;
        }

        if (version.IsEncrypted && !_values.ContainsKey(version.Number))
        {
            throw Call.NotFound($"version '{version.Id}' of {Call.Aws.Subject} was listed and is gone");
        }

        var text = version.IsEncrypted ? _values[version.Number] : version.Entry.Value;
        if (string.IsNullOrEmpty(text))
        {
            throw Call.Invalid($"version '{version.Id}' is empty", "Put a value into the parameter.");
        }

        try
        {
            return SecretValue.FromText(Call.Address.JsonField is { } field
                ? JsonSecret.ReadField(Encoding.UTF8.GetBytes(text), field, Call.CredentialName, $"version '{version.Id}' of {Call.Aws.Subject}")
                : text);
        }
        catch (ArgumentException)
        {
            throw Call.Invalid($"version '{version.Id}' is not valid text", "Put valid Unicode into the parameter.");
        }
    }
}

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>A secret with the client to ask for it.</summary>
/// <param name="Call">Whom errors are about.</param>
/// <param name="Client">The client.</param>
internal readonly record struct OpenSecret(SecretCall Call, ISecretsManagerClient Client)
{
    private const string DescribeAction = "secretsmanager:DescribeSecret";

    /// <exception cref="BackendException">There is no client to ask with: no region, no credentials.</exception>
    public static OpenSecret Open(string credentialName, string key, Func<string?, ISecretsManagerClient> clients)
    {
        var address = SecretAddress.Parse(key);
        try
        {
            var client = clients(address.Region);
            var where = client.Where.Contains("://", StringComparison.Ordinal) ? $"AWS Secrets Manager at {client.Where}" : $"AWS Secrets Manager in {client.Where}";
            return new OpenSecret(new SecretCall(credentialName, address, where), client);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new SecretCall(credentialName, address, "AWS Secrets Manager").Map(error, DescribeAction);
        }
    }

    // Asynchronous, so that whatever a client throws is an error of this secret.
    public async Task<SecretDescription> AskDescription(CancellationToken ct) => await Client.DescribeSecretAsync(Call.Address.SecretId, ct).ConfigureAwait(false) ?? new SecretDescription(null);

    /// <param name="error">Why the description was not had.</param>
    /// <returns>The same with a cause and a fix.</returns>
    public BackendException NotDescribed(Exception error) => Call.Map(error, DescribeAction);

    /// <param name="description">What the service said.</param>
    /// <exception cref="BackendException">It describes no secret.</exception>
    public void Check(SecretDescription description)
    {
        if (description.Arn.Length == 0)
        {
            throw Call.Invalid($"the answer of {Call.Where} names no secret", "Check for a proxy or a custom endpoint that changes answers.");
        }

        if (description.DeletedDate is not null)
        {
            throw ServiceErrors.Deleted(Call.Aws);
        }
    }
}

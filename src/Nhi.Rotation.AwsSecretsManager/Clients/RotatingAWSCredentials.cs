using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>An access key that rotates. The SDK asks for it before it signs a request, so each request counts for the version that signed it.</summary>
internal sealed class RotatingAWSCredentials(IRotatingCredentialProvider provider) : AWSCredentials
{
    private readonly IDerived<ImmutableCredentials> _key = provider.Derive(Parse);

    public override ImmutableCredentials GetCredentials()
    {
        if (provider.Credentials.Current is null)
        {
            // Blocking is what the caller of a synchronous method asked for.
            provider.GetCurrentAsync().AsTask().GetAwaiter().GetResult();
        }

        return _key.Current;
    }

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        await provider.GetCurrentAsync().ConfigureAwait(false);
        return _key.Current;
    }

    private static ImmutableCredentials Parse(Credential credential)
    {
        var fields = JsonFields.Parse(credential);
        return new ImmutableCredentials(fields.Text("AccessKeyId"), fields.Text("SecretAccessKey"), fields.Find("SessionToken"));
    }
}

using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>An access key that rotates. The SDK asks for it several times a request; all of them get one version, which counts once.</summary>
internal sealed class RotatingAWSCredentials : AWSCredentials
{
    private readonly Presenter<ImmutableCredentials> _presenter;

    public RotatingAWSCredentials(IRotatingCredentialProvider provider) => _presenter = new Presenter<ImmutableCredentials>(provider, Parse);

    // Blocking is what the caller of a synchronous method asked for.
    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var shown = SignedRequest.Current is { } request
            ? await request.TakeAsync(_presenter).ConfigureAwait(false)
            : await _presenter.TakeAsync().ConfigureAwait(false);
        return shown.Value;
    }

    private static ImmutableCredentials Parse(Credential credential)
    {
        var fields = JsonFields.Parse(credential);
        return fields.Find("access_key") is { } leased
            ? new ImmutableCredentials(leased, fields.Text("secret_key"), fields.Find("security_token")) // As Vault's AWS engine answers.
            : new ImmutableCredentials(fields.Text("AccessKeyId"), fields.Text("SecretAccessKey"), fields.Find("SessionToken"));
    }
}

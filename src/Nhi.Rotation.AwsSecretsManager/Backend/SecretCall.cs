namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Whom an error is about: the credential, the secret and where it was looked for.</summary>
internal readonly record struct SecretCall(string CredentialName, SecretAddress Address, string Where)
{
    public BackendException Error(BackendFailure failure, string cause, string fix) => new(CredentialName, failure, cause, fix);

    public BackendException Invalid(string cause, string fix) => Error(BackendFailure.InvalidContent, $"secret '{Address.SecretId}': {cause}", fix);
}

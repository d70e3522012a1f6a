namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Whom an error is about: the credential, the secret and where it was looked for.</summary>
internal readonly record struct SecretCall(string CredentialName, SecretAddress Address, string Where)
{
    public AwsCall Aws => new(CredentialName, "Secrets Manager", "secret", Address.SecretId, Where);

    public BackendException Error(BackendFailure failure, string cause, string fix) => Aws.Error(failure, cause, fix);

    public BackendException Invalid(string cause, string fix) => Aws.Invalid(cause, fix);

    /// <summary>Any failure of a call, with a cause and a fix.</summary>
    public BackendException Map(Exception error, string action)
    {
        var call = Aws;
        return ClientErrors.Map(error, call, answer => ServiceErrors.Map(answer, call, action));
    }
}

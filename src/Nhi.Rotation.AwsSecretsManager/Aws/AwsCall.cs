namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Whom an error of an AWS service is about.</summary>
/// <param name="CredentialName">The credential.</param>
/// <param name="Service">The service's short name, such as <c>Secrets Manager</c>.</param>
/// <param name="Thing">What it stores: a secret, a parameter.</param>
/// <param name="Id">Which one.</param>
/// <param name="Where">The service and the region or endpoint that was asked.</param>
internal readonly record struct AwsCall(string CredentialName, string Service, string Thing, string Id, string Where)
{
    public string Subject => $"{Thing} '{Id}'";

    public BackendException Error(BackendFailure failure, string cause, string fix) => new(CredentialName, failure, cause, fix);

    public BackendException Invalid(string cause, string fix) => Error(BackendFailure.InvalidContent, $"{Subject}: {cause}", fix);
}

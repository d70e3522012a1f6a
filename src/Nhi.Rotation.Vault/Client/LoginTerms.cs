namespace Nhi.Rotation.Vault.Client;

/// <summary>Where, as whom and with what to log in; no secret. Equal ones share a token, at one address and in one namespace.</summary>
/// <param name="Kind">What is presented.</param>
/// <param name="Mount">The path of the auth method, without <c>auth/</c>.</param>
/// <param name="Role">The role, or its id.</param>
/// <param name="Credential">The name of the credential that is presented.</param>
/// <param name="File">The file whose content is presented.</param>
internal sealed record LoginTerms(LoginKind Kind, string Mount, string Role, string? Credential, string? File)
{
    /// <summary>Whether the credential's value is a token that the secret id is wrapped with.</summary>
    public bool IsWrapped { get; init; }
}

namespace Nhi.Rotation.OptionsBinding;

/// <summary>One call of BindCredential; also the key of its <see cref="CredentialOptionsBinding{TOptions}"/>.</summary>
internal sealed class CredentialOptionsRegistration<TOptions>(string optionsName, string credentialName, Action<TOptions, Credential> bind)
    where TOptions : class
{
    public string OptionsName => optionsName;

    public string CredentialName => credentialName;

    public Action<TOptions, Credential> Bind => bind;

    public string Consumer => optionsName.Length == 0 ? typeof(TOptions).Name : $"{typeof(TOptions).Name}:{optionsName}";
}

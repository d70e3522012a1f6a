using Microsoft.Extensions.Options;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Names the credential whose file options cannot work.</summary>
internal sealed class FileBackendOptionsValidator(CredentialSetup setup) : IValidateOptions<FileBackendOptions>
{
    public ValidateOptionsResult Validate(string? name, FileBackendOptions options) =>
        name is not null && setup.Credentials.ContainsKey(name) && options.FindMistake() is { } mistake
            ? ValidateOptionsResult.Fail($"Credential '{name}': {mistake}")
            : ValidateOptionsResult.Success;
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>The sections <c>Files</c> and <c>PemFiles</c> of a credential.</summary>
internal static class FileSection
{
    public static readonly string[] PemOptions =
        [nameof(FileBackendOptions.Newline), nameof(FileBackendOptions.MaxFileSize), nameof(FileBackendOptions.SettleTime), nameof(FileBackendOptions.FingerprintKey)];

    public static readonly string[] Options =
        [nameof(FileBackendOptions.Layout), nameof(FileBackendOptions.FileName), nameof(FileBackendOptions.Content), nameof(FileBackendOptions.JsonField), .. PemOptions];

    /// <summary>Sets the options that a section names.</summary>
    /// <exception cref="OptionsValidationException">One of them has no such value.</exception>
    public static void Bind(string credentialName, IConfigurationSection section, FileBackendOptions options)
    {
        // First, for it is a secret, and the binder quotes what it cannot convert.
        if (section[nameof(FileBackendOptions.FingerprintKey)] is { } key && !Convert.TryFromBase64String(key, new byte[key.Length], out _))
        {
            throw Refused(credentialName, $"{section.Path}:{nameof(FileBackendOptions.FingerprintKey)} is not base64. Set at least 16 random bytes in base64, such as 'openssl rand -base64 32' writes.");
        }

        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException error)
        {
            throw Refused(credentialName, error.Message);
        }
    }

    private static OptionsValidationException Refused(string credentialName, string why) =>
        new(credentialName, typeof(FileBackendOptions), [$"Credential '{credentialName}': {why}"]);
}

using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>The sections <c>Files</c> and <c>PemFiles</c> of a credential.</summary>
internal static class FileSection
{
    public static readonly SectionKeys<FileBackendOptions> PemKeys = Reading(new());

    public static readonly SectionKeys<FileBackendOptions> Keys = Reading(new SectionKeys<FileBackendOptions>()
        .OneOf<FileLayout>(nameof(FileBackendOptions.Layout), static (options, value) => options.Layout = value)
        .Text(nameof(FileBackendOptions.FileName), static (options, value) => options.FileName = value)
        .Text(nameof(FileBackendOptions.Fields), static (options, value) => options.Fields = value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .OneOf<FileContent>(nameof(FileBackendOptions.Content), static (options, value) => options.Content = value)
        .Text(nameof(FileBackendOptions.JsonField), static (options, value) => options.JsonField = value));

    private static SectionKeys<FileBackendOptions> Reading(SectionKeys<FileBackendOptions> keys) => keys
        .Whole(nameof(FileBackendOptions.MaxFileSize), static (options, value) => options.MaxFileSize = value)
        .Time(nameof(FileBackendOptions.SettleTime), static (options, value) => options.SettleTime = value)
        .OneOf<FileExposure>(nameof(FileBackendOptions.WritableByOthers), static (options, value) => options.WritableByOthers = value)
        .Secret(nameof(FileBackendOptions.FingerprintKey), "base64. Set at least 16 random bytes in base64, such as 'openssl rand -base64 32' writes", TrySetFingerprintKey);

    private static bool TrySetFingerprintKey(FileBackendOptions options, string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var count))
        {
            return false;
        }

        options.FingerprintKey = bytes[..count];
        return true;
    }
}

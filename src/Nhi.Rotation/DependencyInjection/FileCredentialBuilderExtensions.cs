using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.DependencyInjection;

namespace Nhi.Rotation;

/// <summary>Takes credentials from files.</summary>
public static class FileCredentialBuilderExtensions
{
    internal const string SectionName = "Files";
    internal const string PemSectionName = "PemFiles";

    // Watching tells of changes at once; polling is for network mounts and lost events, and reading a small file is cheap.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Takes the versions from a file or a directory: a Kubernetes secret volume, a Docker or systemd secret, a directory with one file a version and a
    /// <c>manifest.json</c>, or one JSON document. Changes are watched, and polled every 30 s unless <see cref="CredentialOptions.RefreshInterval"/> says otherwise.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="path">The file or directory. A relative path is resolved against the working directory, once.</param>
    /// <param name="configure">Says how files are read.</param>
    /// <returns>The same builder.</returns>
    public static CredentialBuilder FromFiles(this CredentialBuilder builder, string path, Action<FileBackendOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (configure is not null)
        {
            builder.ConfigureFiles(configure);
        }

        return Use(builder, path);
    }

    /// <summary>
    /// Takes a certificate from two PEM files: <c>tls.crt</c> and <c>tls.key</c> of a cert-manager secret volume, <c>svid.pem</c> and <c>svid_key.pem</c> of a SPIFFE
    /// helper. A pair that does not match is refused and read again at the next change of either file; the last good one stays.
    /// <see cref="CredentialOptions.IsCertificate"/> is set.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="certificatePath">The file with the chain, leaf first. Relative paths are resolved against the working directory, once.</param>
    /// <param name="keyPath">The file with the private key.</param>
    /// <param name="configure">Says how the files are read. Layout, FileName, Content and JsonField do not apply.</param>
    /// <returns>The same builder.</returns>
    public static CredentialBuilder FromPemFiles(this CredentialBuilder builder, string certificatePath, string keyPath, Action<FileBackendOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(certificatePath);
        var full = Path.GetFullPath(certificatePath);
        return builder
            .FromFiles(keyPath, options =>
            {
                options.Layout = FileLayout.SingleValue;
                options.CertificatePath = full;
                configure?.Invoke(options);
            })
            .AsCertificate();
    }

    internal static void FromPemSection(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, ["Certificate", "Key", .. FileSection.PemKeys.Names]))
        {
            return;
        }

        if (section["Certificate"] is not { Length: > 0 } certificate || section["Key"] is not { Length: > 0 } key)
        {
            builder.Refuse($"{section.Path}:Certificate or {section.Path}:Key is missing. Set each to a PEM file.");
            return;
        }

        builder.FromPemFiles(certificate, key, options => CredentialSection.Bind(builder.Name, FileSection.PemKeys, section, options));
    }

    internal static void FromSection(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, ["Path", .. FileSection.Keys.Names]))
        {
            return;
        }

        var path = section["Path"];
        if (string.IsNullOrWhiteSpace(path))
        {
            builder.Refuse($"{section.Path}:Path is missing. Set it to a file or a directory.");
            return;
        }

        builder.ConfigureFiles(options => CredentialSection.Bind(builder.Name, FileSection.Keys, section, options));
        Use(builder, path);
    }

    private static CredentialBuilder Use(CredentialBuilder builder, string path)
    {
        var name = builder.Name;
        return builder.UseBackend(Path.GetFullPath(path), services => Create(services, name), RefreshInterval);
    }

    private static FileCredentialBackend Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<FileBackendOptions>>().Get(name);
        options.Newline = services.GetRequiredService<IOptionsMonitor<CredentialOptions>>().Get(name).Newline;
        return services.GetRequiredService<FileBackends>().For(options);
    }
}

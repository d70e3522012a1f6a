using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.DependencyInjection;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation;

/// <summary>Declares one credential.</summary>
public sealed class CredentialBuilder
{
    private readonly CredentialRegistration _registration;

    internal CredentialBuilder(IServiceCollection services, CredentialRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>The credential's name.</summary>
    public string Name => _registration.Name;

    /// <summary>The services of the application, for what a backend needs of its own.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Takes the versions from a backend.</summary>
    /// <param name="key">Where the backend holds the credential: a path, a secret's name, an ARN.</param>
    /// <param name="create">Makes the backend, or finds the one that several credentials share. Called once.</param>
    /// <param name="defaultRefreshInterval">The refresh interval that suits the backend; 5 min if omitted. <see cref="CredentialOptions.RefreshInterval"/> wins.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder UseBackend(string key, Func<IServiceProvider, ICredentialBackend> create, TimeSpan? defaultRefreshInterval = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(create);
        if (_registration.Backend is not null)
        {
            _registration.Errors.Add("it has two backends. Keep one.");
        }

        _registration.Key = key;
        _registration.Backend = create;
        _registration.DefaultRefreshInterval = defaultRefreshInterval;
        return this;
    }

    /// <summary>Tests each new version before it is presented. At start the first version waits for its test too.</summary>
    /// <param name="create">Makes the probe. Called once.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder ProbeWith(Func<IServiceProvider, ICredentialProbe> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (_registration.Probe is not null)
        {
            _registration.Errors.Add("it has two probes. Keep one.");
        }

        _registration.Probe = create;
        return this;
    }

    /// <summary>
    /// Asks the probe about each version again after it was retired or revoked, until the other side refuses it: <see cref="CredentialOptions.ProveRetirement"/>,
    /// which tells the price.
    /// </summary>
    /// <returns>The same builder.</returns>
    public CredentialBuilder ProveRetirement() => Configure(options => options.ProveRetirement = true);

    /// <summary>Says that each version is a certificate with its private key: <see cref="CredentialOptions.IsCertificate"/>, which tells what follows.</summary>
    /// <returns>The same builder.</returns>
    public CredentialBuilder AsCertificate() => Configure(options => options.IsCertificate = true);

    /// <summary>Says that each version is a certificate whose key is encrypted: <see cref="CredentialOptions.CertificatePassphrase"/>, which tells what follows.</summary>
    /// <param name="passphraseCredential">The credential that has the passphrase, as declared.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder AsCertificate(string passphraseCredential)
    {
        ArgumentException.ThrowIfNullOrEmpty(passphraseCredential);
        return AsCertificate().Configure(options => options.CertificatePassphrase = passphraseCredential);
    }

    /// <summary>Sets how the credential is refreshed and rotated.</summary>
    /// <param name="configure">Sets options. Calls add up.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder Configure(Action<CredentialOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _registration.ConfigureOptions.Add(configure);
        return this;
    }

    /// <summary>Says who answers for the credential.</summary>
    /// <param name="owner">A team or a person.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder OwnedBy(string owner) => Configure(options => options.Owner = owner);

    /// <summary>Says what the credential is for.</summary>
    /// <param name="purpose">A few words.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder For(string purpose) => Configure(options => options.Purpose = purpose);

    /// <summary>
    /// Says what the credential was called before, so that who used it by that name counts. It is recorded in the evidence, where <c>nhi-rotation verify</c> reads it. Keep it as long as evidence
    /// under that name is kept. In configuration it is <c>Formerly</c> beside the options, one name or a list.
    /// </summary>
    /// <param name="names">The names that it had.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the one that it has.</exception>
    public CredentialBuilder Formerly(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(names));
            if (name == Name)
            {
                throw new ArgumentException($"Credential '{Name}' is called '{name}' now. Give the name that it had before.", nameof(names));
            }

            _registration.Formerly.Add(name);
        }

        return this;
    }

    internal void ConfigureFiles(Action<FileBackendOptions> configure) => _registration.ConfigureFiles.Add(configure);

    /// <summary>
    /// Refuses a section with a key that is no option, for a misspelt one would silently leave a default in place. For authors of backends that can be named in
    /// configuration. The message names the nearest option. A section that is one value is refused too.
    /// </summary>
    /// <param name="section">The backend's section.</param>
    /// <param name="options">The options there are.</param>
    /// <returns>Whether every key is an option.</returns>
    public bool RefuseUnknownKeys(IConfigurationSection section, params IReadOnlyCollection<string> options)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(options);
        if (section.Value is { Length: > 0 })
        {
            Refuse($"{section.Path} is one value, and takes keys. Write a section with some of {string.Join(", ", options)}.");
            return false;
        }

        string[] unknown = [.. section.GetChildren().Where(child => !options.Contains(child.Key, StringComparer.OrdinalIgnoreCase)).Select(child => child.Key)];
        foreach (var key in unknown)
        {
            Refuse($"{section.Path}:{key} is not an option.{Nearest.Question(key, options)} Use one of {string.Join(", ", options)}.");
        }

        return unknown.Length == 0;
    }

    /// <summary>Says what is wrong with the declaration. The start then fails with it, together with all other mistakes. For authors of backends.</summary>
    /// <param name="mistake">What is wrong, with the key and the fix, in sentences. The credential's name is put before it.</param>
    /// <returns>The same builder.</returns>
    public CredentialBuilder Refuse(string mistake)
    {
        ArgumentException.ThrowIfNullOrEmpty(mistake);
        _registration.Errors.Add(mistake);
        return this;
    }
}

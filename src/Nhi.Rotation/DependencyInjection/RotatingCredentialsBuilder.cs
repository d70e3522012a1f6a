using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.DependencyInjection;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation;

/// <summary>Declares the credentials of an application.</summary>
public sealed class RotatingCredentialsBuilder
{
    private readonly CredentialSetup _setup;

    internal RotatingCredentialsBuilder(IServiceCollection services, CredentialSetup setup)
    {
        Services = services;
        _setup = setup;
    }

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Declares a credential. Inject it with <c>[FromKeyedServices(name)] IRotatingCredentialProvider</c>.</summary>
    /// <param name="name">Its name, unique in the application.</param>
    /// <param name="configure">Says at least where its versions come from.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public RotatingCredentialsBuilder AddCredential(string name, Action<CredentialBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Declare(name, sectionPath: null));
        return this;
    }

    /// <summary>
    /// Takes a credential that is declared already from somewhere else: in an integration test, or on a developer's machine that has no vault. Its options stay; its backend and its
    /// probe are forgotten.
    /// </summary>
    /// <param name="name">The credential, as declared.</param>
    /// <param name="configure">Says at least where its versions come from.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">No such credential is declared, or not yet.</exception>
    public RotatingCredentialsBuilder ReplaceCredential(string name, Action<CredentialBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (!_setup.Credentials.TryGetValue(name, out var registration))
        {
            throw new InvalidOperationException(
                $"Credential '{name}' cannot be replaced, for it is not declared; declared are: {Nearest.List(_setup.Credentials.Keys, name)}. Correct the name, or call ReplaceCredential after the credential was declared.");
        }

        registration.ForgetBackend();
        configure(new CredentialBuilder(Services, registration));
        return this;
    }

    /// <summary>Sets what all credentials share.</summary>
    /// <param name="configure">Sets options. Calls add up.</param>
    /// <returns>The same builder.</returns>
    public RotatingCredentialsBuilder Configure(Action<RotatingCredentialsOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>
    /// Writes evidence to files: hash-chained JSON Lines that <c>nhi-rotation verify</c> checks and merges. They name credentials, versions and consumers, and
    /// never hold a value. A disk that fails is logged (event 140) and does not touch the app.
    /// </summary>
    /// <param name="directory">The directory, made if it is missing.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The directory is empty.</exception>
    public RotatingCredentialsBuilder WriteEvidenceTo(string directory) => WriteEvidenceTo(directory, static _ => { });

    /// <summary>Writes evidence to files, with options: see <see cref="WriteEvidenceTo(string)"/>.</summary>
    /// <param name="directory">The directory, made if it is missing.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The directory is empty, or the key is too short.</exception>
    public RotatingCredentialsBuilder WriteEvidenceTo(string directory, Action<EvidenceFileOptions> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new EvidenceFileOptions { Directory = directory };
        configure(options);
        _setup.Evidence = Checked(options);
        return this;
    }

    /// <summary>
    /// Writes evidence to the app's own logs, as messages of the category <c>Nhi.Rotation.Evidence</c> at the level Information: wherever logs go, <c>nhi-rotation verify -</c> finds the lines again. They are those of
    /// <see cref="WriteEvidenceTo(string)"/>, in a chain of their own. A category that is turned off is logged (event 140), and health is degraded.
    /// </summary>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public RotatingCredentialsBuilder WriteEvidenceToLogs(Action<EvidenceOptions>? configure = null)
    {
        var options = new EvidenceOptions();
        configure?.Invoke(options);
        _setup.EvidenceLogs = Checked(options);
        return this;
    }

    /// <summary>
    /// Writes evidence to a store of your own, as the lines of <see cref="WriteEvidenceTo(string)"/> in a chain of their own. A store that fails is logged (event 140), degrades health and does
    /// not touch the app: about 17,000 lines wait in memory, and what no longer fits is counted as lost.
    /// </summary>
    /// <param name="sink">Gives the store, once, when the first credential is asked for. Whoever made it disposes it: what the service provider made lasts until the last line is written.</param>
    /// <returns>The same builder. Several stores may be given.</returns>
    public RotatingCredentialsBuilder WriteEvidenceTo(Func<IServiceProvider, IEvidenceSink> sink) => WriteEvidenceTo(sink, static _ => { });

    /// <summary>Writes evidence to a store of your own, with options: see <see cref="WriteEvidenceTo(Func{IServiceProvider, IEvidenceSink})"/>.</summary>
    /// <param name="sink">Gives the store.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public RotatingCredentialsBuilder WriteEvidenceTo(Func<IServiceProvider, IEvidenceSink> sink, Action<EvidenceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new EvidenceOptions();
        configure(options);
        _setup.EvidenceSinks.Add((sink, Checked(options)));
        return this;
    }

    /// <summary>Takes a file as a list of revocations, with the defaults.</summary>
    /// <param name="path">The file: <c>{ "revoked": [ { "credential": "stripe", "version": "v41", "why": "leaked" } ] }</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public RotatingCredentialsBuilder RevocationsFrom(string path) => RevocationsFrom(path, static _ => { });

    /// <summary>Takes a configuration section as a list of revocations, with the defaults.</summary>
    /// <param name="section">The section, such as <c>configuration.GetSection("Revoked")</c>. Its reloads are followed.</param>
    /// <returns>The same builder.</returns>
    public RotatingCredentialsBuilder RevocationsFrom(IConfigurationSection section) => RevocationsFrom(section, static _ => { });

    /// <summary>
    /// Takes a file as a list of revocations: it wins over every store, holds from before the first version is presented, and survives restarts. A change is in force
    /// within a second, also where the file is a mounted ConfigMap. An entry that is taken off the list stays in force until the process ends.
    /// </summary>
    /// <param name="path">The file: <c>{ "revoked": [ { "credential": "stripe", "version": "v41", "why": "leaked" } ] }</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is empty, or the key is too short.</exception>
    public RotatingCredentialsBuilder RevocationsFrom(string path, Action<RevocationListOptions> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(configure);
        _setup.Revocations.Add(new FileRevocations(path, Checked(configure)));
        return this;
    }

    /// <summary>Takes a configuration section as a list of revocations, as a file is: one child an entry, with <c>Credential</c>, <c>Version</c> or <c>Fingerprint</c>, <c>Why</c>, <c>Since</c>.</summary>
    /// <param name="section">The section, such as <c>configuration.GetSection("Revoked")</c>. Its reloads are followed.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The key is too short, or the list is said to be writable.</exception>
    public RotatingCredentialsBuilder RevocationsFrom(IConfigurationSection section, Action<RevocationListOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(configure);
        var options = Checked(configure);
        if (options.IsWritable)
        {
            throw new ArgumentException($"Section '{section.Path}' cannot be written. Use a file where revocations are to be added.", nameof(configure));
        }

        if (!options.StartWithout)
        {
            _setup.RevocationSections.Add(section);
        }

        _setup.Revocations.Add(new ConfiguredRevocations(section, options));
        return this;
    }

    /// <summary>Teaches the configuration form a backend: a credential whose section has a child of this name takes its versions from it.</summary>
    /// <param name="sectionName">The child's name, such as <c>Files</c>.</param>
    /// <param name="configure">Reads the child and calls <see cref="CredentialBuilder.UseBackend"/>.</param>
    /// <returns>The same builder.</returns>
    public RotatingCredentialsBuilder AddBackendSection(string sectionName, Action<CredentialBuilder, IConfigurationSection> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(sectionName);
        ArgumentNullException.ThrowIfNull(configure);
        if (_setup.BackendSections.TryAdd(sectionName, configure))
        {
            foreach (var (builder, section) in _setup.Sections)
            {
                if (ApplyBackend(builder, section, sectionName, configure))
                {
                    // What a section says wins over what its backend takes for granted.
                    Bind(builder, section);
                }
            }
        }

        return this;
    }

    internal void AddSection(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        _setup.DeclaredSections.Add(new DeclaredSection(section, [.. children.Select(child => child.Key)]));
        children.FindAll(static child => !string.IsNullOrWhiteSpace(child.Key)).ForEach(AddCredential);
    }

    private void AddCredential(IConfigurationSection section)
    {
        var builder = Declare(section.Key, section.Path);
        CredentialSection.ReadFormerNames(builder, section);
        _setup.Sections.Add((builder, section));
        foreach (var (name, configure) in _setup.BackendSections)
        {
            ApplyBackend(builder, section, name, configure);
        }

        Bind(builder, section);
    }

    private static RevocationListOptions Checked(Action<RevocationListOptions> configure)
    {
        var options = new RevocationListOptions();
        configure(options);
        return ValueId.FindProblem(options.FingerprintKey) is { } problem ? throw new ArgumentException(problem, nameof(configure)) : options;
    }

    private static bool ApplyBackend(CredentialBuilder builder, IConfigurationSection section, string name, Action<CredentialBuilder, IConfigurationSection> configure)
    {
        if (section.GetSection(name) is { } child && child.Exists())
        {
            configure(builder, child);
            return true;
        }

        return false;
    }

    private static void Bind(CredentialBuilder builder, IConfigurationSection section) =>
        builder.Configure(options => CredentialSection.Bind(builder.Name, CredentialSection.Keys, section, options));

    private CredentialBuilder Declare(string name, string? sectionPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var registration = new CredentialRegistration(name, sectionPath);
        if (!_setup.Credentials.TryAdd(name, registration))
        {
            _setup.Credentials[name].IsDeclaredTwice = true;
        }

        return new CredentialBuilder(Services, registration);
    }

    private static T Checked<T>(T options)
        where T : EvidenceOptions => options.FingerprintKey is { Length: < 16 } key
        ? throw new ArgumentException($"Evidence: FingerprintKey has {key.Length} bytes. Give it 16 random bytes or more.")
        : options;
}

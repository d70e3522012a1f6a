using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nhi.Rotation.DependencyInjection;

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
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The directory is empty.</exception>
    public RotatingCredentialsBuilder WriteEvidenceTo(string directory, Action<EvidenceFileOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var options = new EvidenceFileOptions { Directory = directory };
        configure?.Invoke(options);
        _setup.Evidence = options;
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
                ApplyBackend(builder, section, sectionName, configure);
            }
        }

        return this;
    }

    internal void AddSection(IConfigurationSection section)
    {
        var builder = Declare(section.Key, section.Path);
        builder.Configure(options => section.Bind(options));
        _setup.Sections.Add((builder, section));
        foreach (var (name, configure) in _setup.BackendSections)
        {
            ApplyBackend(builder, section, name, configure);
        }
    }

    private static void ApplyBackend(CredentialBuilder builder, IConfigurationSection section, string name, Action<CredentialBuilder, IConfigurationSection> configure)
    {
        if (section.GetSection(name) is { } child && child.Exists())
        {
            configure(builder, child);
        }
    }

    private CredentialBuilder Declare(string name, string? sectionPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var registration = new CredentialRegistration(name, sectionPath);
        if (!_setup.Credentials.TryAdd(name, registration))
        {
            _setup.Credentials[name].Errors.Add("it is declared twice. Keep one declaration.");
        }

        Services.AddOptions<CredentialOptions>(name).ValidateOnStart();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CredentialOptions>, CredentialOptionsValidator>());
        return new CredentialBuilder(Services, registration);
    }
}

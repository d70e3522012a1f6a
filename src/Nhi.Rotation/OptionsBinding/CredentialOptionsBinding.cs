using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Following;

namespace Nhi.Rotation.OptionsBinding;

/// <summary>
/// One credential in one kind of options. Each options object holds the version it was made with for as long as anybody can reach the object, so code that keeps
/// an old one is seen; a value copied out of it is not.
/// </summary>
internal sealed class CredentialOptionsBinding<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>
    : IConfigureNamedOptions<TOptions>, IOptionsChangeTokenSource<TOptions>, IDisposable
    where TOptions : class
{
    private readonly Action<TOptions, Credential> _bind;
    private readonly IRotatingCredentialProvider _provider;
    private readonly IServiceProvider _services;
    private readonly ConditionalWeakTable<TOptions, IDisposable> _holds = [];
    private readonly ChangeSource _changes = new();
    private readonly AsyncLocal<Credential?> _candidate = new();
    private readonly PresentedVersionWatch _watch;
    private volatile Credential? _used;
    private volatile bool _wasPresented;
    private volatile bool _hasFailed;

    public CredentialOptionsBinding(CredentialOptionsRegistration<TOptions> registration, IRotatingCredentialProvider provider, IServiceProvider services)
    {
        Name = registration.OptionsName;
        _bind = registration.Bind;
        _provider = provider;
        _services = services;
        _watch = new PresentedVersionWatch(provider, last: null, Changed);
    }

    public string Name { get; }

    public IChangeToken GetChangeToken() => _changes.GetToken();

    public void Configure(TOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, TOptions options)
    {
        if (name != Name)
        {
            return;
        }

        if (_candidate.Value is { } candidate)
        {
            Bind(options, candidate);
            return;
        }

        // Later it must not wait: options are made anew on the thread that publishes the versions.
        Credential credential;
        try
        {
            credential = _used is { Stage: not CredentialStage.Revoked } used ? used : _wasPresented ? _provider.Current : FirstVersion.Wait(_provider);
        }
        catch (CredentialUnavailableException)
        {
            _hasFailed = true;
            throw;
        }

        Bind(options, credential);
        _holds.AddOrUpdate(options, credential.Hold());
    }

    public void Dispose() => _watch.Dispose();

    private void Bind(TOptions options, Credential credential) =>
        ShieldedCall.Run(_bind, options, credential, $"binding options {typeof(TOptions).Name}", "Check the format of the value and the code given to BindCredential(...).");

    private void Changed(Credential? current)
    {
        // What was made so far was made with the first version; only a failure has to be forgotten, which the monitor remembers.
        var isFirst = !_wasPresented;
        if (!isFirst && current is not null && _used is { Stage: not CredentialStage.Revoked })
        {
            Try(current);
        }

        _used = current;
        _wasPresented |= current is not null;
        if (!isFirst || _hasFailed)
        {
            _changes.Fire();
        }
    }

    /// <summary>Makes options that nobody gets, all the way through their validation: if that fails, the ones there are stay, and it is tried again with the next set.</summary>
    private void Try(Credential candidate)
    {
        _candidate.Value = candidate;
        try
        {
            _services.GetRequiredService<IOptionsFactory<TOptions>>().Create(Name);
        }
        catch (OptionsValidationException)
        {
            // Its message may quote the value.
            throw new CredentialFormatException(
                candidate.Name, $"options {typeof(TOptions).Name} are not valid with version '{candidate.VersionId}'", "Check the value, and the rules that the options are validated by.");
        }
        finally
        {
            _candidate.Value = null;
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Following;
using Nhi.Rotation.Telemetry;

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
            credential = _used is { Stage: not CredentialStage.Revoked } used ? used : Choose(_wasPresented ? _provider.Current : FirstVersion.Wait(_provider));
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
        if (current is not null && _used is { Stage: not CredentialStage.Revoked })
        {
            Try(current);
        }

        // While nobody has asked for options, whoever asks first chooses.
        _used = _used is null ? null : current;
        _wasPresented |= current is not null;
        if (!isFirst || _hasFailed)
        {
            _changes.Fire();
        }
    }

    /// <summary>The version to make the first options with: the current one, or if that is refused the newest that is not, as in an app that ran before it came.</summary>
    private Credential Choose(Credential current)
    {
        var others = _provider.Credentials.Presentable.Where(version => version.VersionId != current.VersionId).ToList();
        Credential? chosen = others.Count == 0 ? current : null;
        foreach (var version in others.Count == 0 ? [] : others.Prepend(current))
        {
            try
            {
                Try(version);
                chosen = version;
                break;
            }
            catch (CredentialFormatException error)
            {
                _services.GetRequiredService<EngineLog>().SubscriberFailed(error.CredentialName, error.Cause);
            }
        }

        // If none will do, the current one says why.
        chosen ??= current;
        _used = chosen;

        // A change that was told meanwhile left the choice to us.
        return _provider.Credentials.Current is { } latest && latest.VersionId != current.VersionId ? Choose(latest) : chosen;
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

using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.OptionsBinding;

/// <summary>
/// One credential in one kind of options. Each options object holds the version it was made with for as long as anybody can reach the object, so code that keeps
/// an old one is seen; a value copied out of it is not.
/// </summary>
internal sealed class CredentialOptionsBinding<TOptions> : IConfigureNamedOptions<TOptions>, IOptionsChangeTokenSource<TOptions>, IDisposable
    where TOptions : class
{
    private readonly Action<TOptions, Credential> _bind;
    private readonly IRotatingCredentialProvider _provider;
    private readonly ConditionalWeakTable<TOptions, IDisposable> _holds = [];
    private readonly ChangeSource _changes = new();
    private readonly PresentedVersionWatch _watch;
    private volatile bool _wasPresented;
    private volatile bool _hasFailed;

    public CredentialOptionsBinding(CredentialOptionsRegistration<TOptions> registration, IRotatingCredentialProvider provider)
    {
        Name = registration.OptionsName;
        _bind = registration.Bind;
        _provider = provider;
        _watch = new PresentedVersionWatch(provider, last: null, Changed);
    }

    public string Name { get; }

    public IChangeToken GetChangeToken() => _changes.GetToken();

    public void Configure(TOptions options) => Configure(Microsoft.Extensions.Options.Options.DefaultName, options);

    public void Configure(string? name, TOptions options)
    {
        if (name != Name)
        {
            return;
        }

        // Later it must not wait: options are made anew on the thread that publishes the versions.
        Credential credential;
        try
        {
            credential = _wasPresented ? _provider.Current : FirstVersion.Wait(_provider);
        }
        catch (CredentialUnavailableException)
        {
            _hasFailed = true;
            throw;
        }

        ShieldedCall.Run(_bind, options, credential, $"binding options {typeof(TOptions).Name}", "Check the format of the value and the code given to BindCredential(...).");
        _holds.AddOrUpdate(options, credential.Hold());
    }

    public void Dispose() => _watch.Dispose();

    private void Changed(Credential? current)
    {
        // What was made so far was made with the first version; only a failure has to be forgotten, which the monitor remembers.
        var isFirst = !_wasPresented;
        _wasPresented |= current is not null;
        if (!isFirst || _hasFailed)
        {
            _changes.Fire();
        }
    }
}

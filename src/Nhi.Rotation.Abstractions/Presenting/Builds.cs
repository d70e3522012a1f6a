using System.Runtime.CompilerServices;

namespace Nhi.Rotation;

/// <summary>What is built from versions: for the current one once, for all targets; for others when they are tried.</summary>
internal sealed class Builds<T>
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly Func<Credential, T> _build;
    private readonly IDerived<Built<T>>? _derived;

    // Lives as long as the version does, which is with the provider.
    private readonly ConditionalWeakTable<Credential, Built<T>> _others = [];

    public Builds(IRotatingCredentialProvider provider, Func<Credential, T> build, bool isEachTime)
    {
        _provider = provider;
        _build = build;
        _derived = isEachTime ? null : provider.Derive(Build);
    }

    /// <summary>What is built from the current version, or from the last good one if that cannot be built; counts one use.</summary>
    /// <returns><see langword="false"/> if there is neither.</returns>
    public bool TryTakeCurrent(out Presented<T> shown)
    {
        try
        {
            if (_derived is null)
            {
                return TryBuild(_provider.Current, before: null, out shown);
            }

            shown = new Presented<T>(_derived.Current);
            return true;
        }
        catch (CredentialUnavailableException)
        {
            shown = default;
            return false;
        }
    }

    /// <summary>Builds from any version, unless that was done before; counts one use.</summary>
    public bool TryBuild(Credential version, Attempt? before, out Presented<T> shown)
    {
        if (_others.TryGetValue(version, out var known))
        {
            version.RecordUse();
            shown = new Presented<T>(before is null ? known : known with { Before = before });
            return true;
        }

        try
        {
            var built = new Built<T>(version, _build(version));
            shown = new Presented<T>(before is null ? built : built with { Before = before });
            if (_derived is not null)
            {
                _others.AddOrUpdate(version, built);
            }

            return true;
        }
#pragma warning disable CA1031 // A builder may throw anything. What cannot be built is no alternative; the provider says so when it becomes current.
        catch (Exception)
#pragma warning restore CA1031
        {
            shown = default;
            return false;
        }
    }

    /// <exception cref="CredentialException">There is no current version, or nothing can be built from it. Its message does not contain the value.</exception>
    public Presented<T> BuildCurrent()
    {
        var current = _provider.Current;
        try
        {
            return new Presented<T>(new Built<T>(current, _build(current)));
        }
        catch (Exception error) when (error is not (CredentialException or OperationCanceledException))
        {
            throw new CredentialFormatException(
                current.Name,
                $"building what is presented from version '{current.VersionId}' failed with {error.GetType().FullName}",
                "Check the format of its value; the message is withheld because it may contain the value.");
        }
    }

    // What is lent for building does not count, nor does it know who presents it.
    private Built<T> Build(Credential lent)
    {
        var version = _provider.Credentials.Presentable.FirstOrDefault(known => known.VersionId == lent.VersionId) ?? lent;
        return new Built<T>(version, _build(lent));
    }
}

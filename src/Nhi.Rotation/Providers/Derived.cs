using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>A value built once per version. It is built when the version becomes current; a reader that is faster builds it itself.</summary>
[DebuggerDisplay("derived from {_view}")]
internal sealed class Derived<T> : IDerived<T>, IBuildsOnRotation
{
    private readonly Lock _gate = new();
    private readonly IServedCredential _credential;
    private readonly RotatingCredentialProvider _view;
    private readonly Func<Credential, T> _build;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private volatile Built? _built;

    public Derived(IServedCredential credential, RotatingCredentialProvider view, Func<Credential, T> build)
    {
        _credential = credential;
        _view = view;
        _build = build;
        Build();
    }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public T Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var built = _built;
            if (built is null || !built.IsGood || !ReferenceEquals(built.For, _view.CurrentOrNull))
            {
                built = BuildNow();
            }

            // Counts the use; costs a field read more than counting alone.
            built.Source.RecordUse();
            return built.Value;
        }
    }

    public Credential Source
    {
        get
        {
            var built = _built;
            return (built is { IsGood: true } && ReferenceEquals(built.For, _view.CurrentOrNull) ? built : BuildNow()).Source;
        }
    }

    public void Build()
    {
        if (_view.CurrentOrNull is { } current)
        {
            TryBuild(current);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Built BuildNow()
    {
        var current = _view.Current;
        var built = TryBuild(current);
        return built.IsGood
            ? built
            : throw new CredentialUnavailableException(_view.Name, $"nothing could be built from version '{current.VersionId}'", "Check the format of its value; the log names the error's type.");
    }

    private Built TryBuild(Credential current)
    {
        lock (_gate)
        {
            var last = _built;
            if (last is not null && ReferenceEquals(last.For, current) && last is not { IsGood: true, Source.Stage: CredentialStage.Revoked })
            {
                // The one that stands in may have been revoked since.
                return last.Source.Stage == CredentialStage.Revoked && last.IsGood ? _built = new Built(current, current, default!, IsGood: false) : last;
            }

            // Tried once per version: if it cannot be built, the last good one stands in for it, until that is revoked.
            var standIn = last is { IsGood: true, Source.Stage: not CredentialStage.Revoked } ? last with { For = current } : new Built(current, current, default!, IsGood: false);
            return _built = _credential.Lend(current.VersionId, _view.Consumer) is var (source, loan) ? Build(current, source, loan) ?? standIn : standIn;
        }
    }

    private Built? Build(Credential current, Credential source, LentTracker loan)
    {
        try
        {
            var value = _build(source);
            NoteBuilt(source, value);
            return new Built(current, current, value, IsGood: true);
        }
#pragma warning disable CA1031 // A user's builder may throw anything; its message may carry the value, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _credential.DeriveFailed(current.VersionId, error);
            return null;
        }
        finally
        {
            loan.End();
        }
    }

    // What is shared by several versions, or is kept by the runtime, tells nothing of any one of them.
    private void NoteBuilt(Credential source, T value)
    {
        if (!typeof(T).IsValueType && value is { } built && !ReferenceEquals(built, source) && !(built is string text && ReferenceEquals(text, string.IsInterned(text))))
        {
            _credential.NoteBuilt(source.VersionId, _view.Consumer, built, isShared: _built is { IsGood: true, Value: { } last } && ReferenceEquals(built, last));
        }
    }

    /// <param name="For">The version that was current.</param>
    /// <param name="Source">The version it was really built from.</param>
    /// <param name="Value">The result.</param>
    /// <param name="IsGood">Whether there is a result.</param>
    private sealed record Built(Credential For, Credential Source, [property: DebuggerBrowsable(DebuggerBrowsableState.Never)] T Value, bool IsGood)
    {
        public override string ToString() => $"built from {Source}";
    }
}

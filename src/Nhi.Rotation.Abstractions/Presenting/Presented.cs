using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Nhi.Rotation;

/// <summary>A version, and what was built from it, for one operation on the other side: a request, a login, a call.</summary>
/// <typeparam name="T">What is built from a version.</typeparam>
/// <remarks>Comes from a <see cref="Presenter{T}"/>, which is told what became of it. It remembers what the operation tried before. Immutable.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
#pragma warning disable CA1815 // Nobody compares two of them.
public readonly struct Presented<T>
#pragma warning restore CA1815
{
    // One reference, as it is handed on for each operation.
    private readonly Built<T>? _built;

    internal Presented(Built<T> built) => _built = built;

    /// <summary>The version. Taking it counted one use; hold it for what lives longer than a moment.</summary>
    public Credential Version => _built?.Version!;

    /// <summary>What was built from exactly this version.</summary>
    [JsonIgnore]
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public T Value => _built is null ? default! : _built.Value;

    /// <summary>What the same operation presented before, the last one first.</summary>
    internal Attempt? Before => _built?.Before;

    /// <summary>Name, version and stage; never a value.</summary>
    public override string ToString() => Version?.ToString() ?? "nothing";
}

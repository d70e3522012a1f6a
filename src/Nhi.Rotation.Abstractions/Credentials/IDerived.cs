using System.Text.Json.Serialization;

namespace Nhi.Rotation;

/// <summary>Something built from a credential's value once per version: a header, a parsed document, a key object.</summary>
/// <typeparam name="T">What is built.</typeparam>
/// <remarks>Safe for concurrent use if <typeparamref name="T"/> is.</remarks>
public interface IDerived<out T>
{
    /// <summary>What was built from the current version; counts one use of it.</summary>
    /// <remarks>
    /// It is built when a version becomes current, not here. A version that cannot be built is reported in the log and the last good result stays,
    /// which then counts, rightly, as residual use of the older version.
    /// </remarks>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or nothing could be built yet.</exception>
    [JsonIgnore]
    T Current { get; }

    /// <summary>The version that <see cref="Current"/> was built from. Reading it counts nothing.</summary>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or nothing could be built yet.</exception>
    Credential Source { get; }
}

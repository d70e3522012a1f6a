namespace Nhi.Rotation;

/// <summary>Says whose a value is that turned up somewhere: in a leak report, in a repository. Using it is no use of any version.</summary>
/// <remarks>Safe for concurrent use. Versions whose value was dropped since are known too, as long as they are listed or remembered as revoked.</remarks>
public interface IKnownValues
{
    /// <summary>Compares a value with every known version of every credential, in the same steps whether it is known or not.</summary>
    /// <param name="value">The value as it is stored, as bytes (text as UTF-8).</param>
    /// <returns>The versions that have it; empty if none does.</returns>
    IReadOnlyList<KnownValue> Find(ReadOnlySpan<byte> value);
}

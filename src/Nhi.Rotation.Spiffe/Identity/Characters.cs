using System.Buffers;

namespace Nhi.Rotation.Spiffe.Identity;

/// <summary>What a SPIFFE ID may consist of: the standard, sections 2.1 and 2.2.</summary>
internal static class Characters
{
    public static readonly SearchValues<char> OfTrustDomains = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");
    public static readonly SearchValues<char> OfPaths = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
}

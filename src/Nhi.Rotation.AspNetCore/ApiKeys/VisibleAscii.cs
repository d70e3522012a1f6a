using System.Buffers;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>RFC 9110, section 5.5: what survives in a header unchanged; RFC 6750 allows less.</summary>
internal static class VisibleAscii
{
    public static readonly SearchValues<char> Characters = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)]);
}

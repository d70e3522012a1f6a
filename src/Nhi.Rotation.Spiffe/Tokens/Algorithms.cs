using Microsoft.IdentityModel.Tokens;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>What SPIFFE's tokens are signed with: the standards of JWT-SVID, section 2.1, and of WIT-SVID, section 2.3. Above all: neither "none" nor a shared secret.</summary>
internal static class Algorithms
{
    public static readonly IReadOnlyList<string> All =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
    ];

    public static bool Contains(string? algorithm) => algorithm is not null && All.Contains(algorithm, StringComparer.Ordinal);
}

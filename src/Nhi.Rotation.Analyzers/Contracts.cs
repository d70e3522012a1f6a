using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers;

/// <summary>The types of the contracts that rules look for, in one compilation.</summary>
internal sealed class Contracts
{
    private Contracts(INamedTypeSymbol credential, INamedTypeSymbol? match)
    {
        Credential = credential;
        Match = match;
    }

    public INamedTypeSymbol Credential { get; }

    public INamedTypeSymbol? Match { get; }

    /// <summary>None where the compilation does not know the contracts: nothing to look for.</summary>
    public static Contracts? In(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Nhi.Rotation.Credential") is { } credential
            ? new Contracts(credential, compilation.GetTypeByMetadataName("Nhi.Rotation.CredentialMatch"))
            : null;

    public bool IsCredential(ITypeSymbol? type) => SymbolEqualityComparer.Default.Equals(type, Credential);

    public bool IsMatch(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, Match);
}

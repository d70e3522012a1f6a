using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>The types of the contracts that rules look for, in one compilation.</summary>
internal sealed class Contracts
{
    public const string Credential = "Credential";
    public const string Match = "CredentialMatch";
    public const string Provider = "IRotatingCredentialProvider";
    public const string Set = "CredentialSet";
    public const string Derived = "IDerived`1";
    public const string Presented = "Presented`1";
    public const string Value = "SecretValue";
    public const string Backend = "ICredentialBackend";

    private static readonly string[] Names =
    [
        Credential, Match, Provider, Set, Derived, Presented, Value, Backend,
        "BackendVersion", "BackendListing", "UsernamePassword", "ConnectionString", "HmacKey", "JsonFields", "RdsSecret", "TlsCertificate", "TrustBundle",
    ];

    private static readonly HashSet<string> Shapes = ["UsernamePassword", "ConnectionString", "HmacKey", "JsonFields", "RdsSecret", "TlsCertificate", "TrustBundle"];

    private readonly Dictionary<ISymbol, string> _names = new(SymbolEqualityComparer.Default);

    private Contracts()
    {
    }

    /// <summary>None where the compilation does not know the contracts: nothing to look for.</summary>
    public static Contracts? In(Compilation compilation)
    {
        var contracts = new Contracts();
        foreach (var name in Names)
        {
            if (compilation.GetTypeByMetadataName("Nhi.Rotation." + name) is { } type)
            {
                contracts._names.Add(type, name);
            }
        }

        return contracts._names.ContainsValue(Credential) ? contracts : null;
    }

    /// <summary>Which of the contracts it is, if any.</summary>
    public string? NameOf(ITypeSymbol? type) => type is not null && _names.TryGetValue(type.OriginalDefinition, out var name) ? name : null;

    public bool IsCredential(ITypeSymbol? type) => NameOf(type) == Credential;

    /// <summary>What a value contains, parsed: it keeps the value.</summary>
    public bool IsShape(ITypeSymbol? type) => NameOf(type) is { } name && Shapes.Contains(name);

    /// <summary>The provider, or a class that is one.</summary>
    public bool IsProvider(ITypeSymbol? type) => type is not null && (NameOf(type) == Provider || type.AllInterfaces.Any(one => NameOf(one) == Provider));

    public bool IsBackend(ITypeSymbol? type) => type is not null && type.AllInterfaces.Any(one => NameOf(one) == Backend);
}

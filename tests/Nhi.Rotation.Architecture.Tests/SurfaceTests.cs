using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>What a user of the packages sees.</summary>
public sealed class SurfaceTests
{
    /// <summary>How many public members a package may have. Raise one in the change that needs it, and say there why.</summary>
    private static readonly Dictionary<string, int> Budget = new()
    {
        // 542: whoever shows an inventory shows which versions hold one value (InventoryVersion.SameValueAs).
        // 564: a backend of leases hears what the other side refuses (BackendRequest.RejectedVersionIds).
        // 568: a version is ended in its store on somebody's call (IStoreRevoker), and the last one is told apart from other failures (LastVersionException).
        ["Nhi.Rotation.Abstractions"] = 568,
        // 564: whoever judges by a list of what runs says when it was made (FleetQuestion.AliveAt).
        ["Nhi.Rotation.Evidence"] = 570,
        // 275: a backend in a package of its own takes its logger without being built by it (GetBackendLogger).
        ["Nhi.Rotation"] = 275,
        ["Nhi.Rotation.AspNetCore"] = 180,
        ["Nhi.Rotation.Testing"] = 116,
        // 46: a client of the user's own, such as the official one, can stand behind it (ISecretsManagerClient).
        ["Nhi.Rotation.AwsSecretsManager"] = 46,
        ["Nhi.Rotation.AwsParameterStore"] = 20,
        // 40: leases, static roles and logins, each with options of its own over one connection (VaultConnectionOptions).
        ["Nhi.Rotation.Vault"] = 40,
        ["Nhi.Rotation.AzureKeyVault"] = 24,
        ["Nhi.Rotation.Npgsql"] = 30,
        ["Nhi.Rotation.AzureCore"] = 10,
        // 51: configuration names what the Workload API gives (AddSpiffe).
        ["Nhi.Rotation.Spiffe"] = 51,
        ["Nhi.Rotation.StackExchangeRedis"] = 14,
        ["Nhi.Rotation.GoogleSecretManager"] = 28,
        ["Nhi.Rotation.Grpc"] = 5,
        ["Nhi.Rotation.Cli"] = 0,
        ["Nhi.Rotation.Analyzers"] = 0,
        ["Nhi.Rotation.Analyzers.Fixes"] = 0,
    };

    [Fact]
    public void A_package_has_no_more_public_members_than_planned()
    {
        var members = House.Sources.Packages.ToDictionary(
            package => package.Name,
            package => new[] { "Shipped", "Unshipped" }.Sum(part => File.ReadLines(Path.Combine(package.Folder, $"PublicAPI.{part}.txt")).Count(line => line is not ("" or "#nullable enable"))));

        Assert.Equal(Budget.Keys.Order(StringComparer.Ordinal), members.Keys.Order(StringComparer.Ordinal));
        Assert.All(members, package => Assert.True(package.Value <= Budget[package.Key], $"{package.Key} has {package.Value} public members, planned are {Budget[package.Key]}"));
        Assert.True(members["Nhi.Rotation"] > 100, "hardly any member was counted");
    }

    [Fact]
    public void A_type_is_in_its_packages_namespace_and_an_extension_where_its_user_is_anyway()
    {
        var types = from package in House.Sources.Packages
                    from file in package.Files
                    from type in file.Types
                    where type is { DeclaredAccessibility: Accessibility.Public, ContainingType: null }
                    select (Package: package, Type: type, Namespace: type.ContainingNamespace.ToDisplayString());
        var all = types.ToList();

        Assert.True(all.Count > 100, $"only {all.Count} types were seen");
        Assert.Empty(all.Where(one => !MayBeIn(one.Package, one.Type).Contains(one.Namespace) && !IsRoomOf(one.Package, one.Namespace))
            .Select(one => $"{one.Type.Name} is in {one.Namespace} and not in {string.Join(" or ", MayBeIn(one.Package, one.Type))}").Distinct());
    }

    private static IEnumerable<string> MayBeIn(Package package, INamedTypeSymbol type)
    {
        var own = package.Name == "Nhi.Rotation.Abstractions" ? "Nhi.Rotation" : package.Name;
        var extended = Extended(type).Select(one => one.ContainingNamespace.ToDisplayString()).ToList();
        return extended switch
        {
            [] => [own],
            _ when extended.Contains("Nhi.Rotation") => ["Nhi.Rotation"],
            _ when extended.All(name => name is "Microsoft.AspNetCore.Routing" or "Microsoft.AspNetCore.Builder") => ["Microsoft.AspNetCore.Builder"],
            _ when extended.All(name => name is "Microsoft.Extensions.DependencyInjection" or "Microsoft.Extensions.Options" or "Microsoft.AspNetCore.Authentication") => ["Microsoft.Extensions.DependencyInjection"],
            _ => [own],
        };
    }

    /// <summary>The evidence format is for those who read it, room by room.</summary>
    private static bool IsRoomOf(Package package, string name) =>
        package.Rooms.Any(room => name == $"{package.Name}.{room.Replace('/', '.')}") && !name.StartsWith("Nhi.Rotation.AspNetCore.", StringComparison.Ordinal);

    /// <summary>The types that a class of extension methods extends; for a constraint, what it constrains to.</summary>
    private static IEnumerable<ITypeSymbol> Extended(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>()
            .Where(method => method is { IsExtensionMethod: true, DeclaredAccessibility: Accessibility.Public })
            .Select(method => method.Parameters[0].Type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.FirstOrDefault() : method.Parameters[0].Type)
            .OfType<ITypeSymbol>();
}

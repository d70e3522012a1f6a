using System.Globalization;
using Microsoft.Extensions.Configuration;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Vault;

/// <summary>Reads what configuration says of a credential in Vault. Every mistake names its key.</summary>
internal static class VaultSections
{
    private static readonly string[] Common = ["Path", "Address", "Namespace", "TokenFile", "Field", "Login", "WrapFor"];

    public static void Secret(CredentialBuilder builder, IConfigurationSection section) => Read(builder, section, ["Mount", "KvVersion"], path => builder.FromVault(path, options =>
    {
        Connect(options, section);
        options.Mount = section["Mount"] ?? options.Mount;
        options.KvVersion = section["KvVersion"] is { } text ? (int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : -1) : options.KvVersion;
        options.Field = section["Field"];
    }));

    public static void Lease(CredentialBuilder builder, IConfigurationSection section) => Read(builder, section, ["Parameters"], path => builder.FromVaultLease(path, options =>
    {
        Connect(options, section);
        options.Field = section["Field"];
        foreach (var parameter in section.GetSection("Parameters").GetChildren())
        {
            options.Parameters[parameter.Key] = parameter.Value ?? string.Empty;
        }
    }));

    public static void StaticRole(CredentialBuilder builder, IConfigurationSection section) => Read(builder, section, [], path => builder.FromVaultStaticRole(path, options =>
    {
        Connect(options, section);
        options.Field = section["Field"];
    }));

    private static void Read(CredentialBuilder builder, IConfigurationSection section, string[] more, Action<string> add)
    {
        if (!builder.RefuseUnknownKeys(section, [.. Common, .. more]) || (section.GetSection("Login") is var login && login.Exists() && !LoginSection.IsKnown(builder, login)))
        {
            return;
        }

        try
        {
            add(section["Path"] ?? string.Empty);
        }
        catch (ArgumentException mistake)
        {
            builder.Refuse(mistake.Message.StartsWith(section.Path, StringComparison.Ordinal) ? mistake.Message : $"{section.Path}: {mistake.Message}");
        }
    }

    private static void Connect(VaultConnectionOptions options, IConfigurationSection section)
    {
        options.Address = section["Address"] is not { Length: > 0 } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) ? address
            : throw new ArgumentException($"{section.Path}:Address is not an address. Write it with its scheme, such as https://vault.example.com:8200.");
        options.WrapFor = section["WrapFor"] is not { Length: > 0 } wait ? null
            : Duration.TryParse(wait, out var time) ? time
            : throw new ArgumentException($"{section.Path}:WrapFor is not a duration. Write {Duration.Form}.");
        options.Namespace = section["Namespace"];
        options.TokenFile = section["TokenFile"];
        options.Login = section.GetSection("Login") is var login && login.Exists() ? LoginSection.Read(login) : null;
    }
}

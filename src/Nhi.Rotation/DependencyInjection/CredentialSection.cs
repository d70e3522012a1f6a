using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>The section of one credential: its options, and a section for its backend.</summary>
internal static class CredentialSection
{
    public static readonly SectionKeys<CredentialOptions> Keys = new SectionKeys<CredentialOptions>()
        .Text(nameof(CredentialOptions.Owner), static (options, value) => options.Owner = value)
        .Text(nameof(CredentialOptions.Purpose), static (options, value) => options.Purpose = value)
        .Time(nameof(CredentialOptions.RefreshInterval), static (options, value) => options.RefreshInterval = value)
        .Number(nameof(CredentialOptions.RefreshJitter), static (options, value) => options.RefreshJitter = value)
        .Number(nameof(CredentialOptions.RefreshAtLifeFraction), static (options, value) => options.RefreshAtLifeFraction = value)
        .OneOf<StoreExpiry>(nameof(CredentialOptions.Expiry), static (options, value) => options.Expiry = value)
        .Flag(nameof(CredentialOptions.RefuseOldValues), static (options, value) => options.RefuseOldValues = value)
        .Time(nameof(CredentialOptions.Overlap), static (options, value) => options.Overlap = value)
        .Time(nameof(CredentialOptions.ActivationDelay), static (options, value) => options.ActivationDelay = value)
        .Time(nameof(CredentialOptions.ClockSkew), static (options, value) => options.ClockSkew = value)
        .Time(nameof(CredentialOptions.MaxStaleness), static (options, value) => options.MaxStaleness = value)
        .Time(nameof(CredentialOptions.RejectionRefreshInterval), static (options, value) => options.RejectionRefreshInterval = value)
        .Whole(nameof(CredentialOptions.FallbackAfterRejections), static (options, value) => options.FallbackAfterRejections = value)
        .Time(nameof(CredentialOptions.FallbackPause), static (options, value) => options.FallbackPause = value)
        .Time(nameof(CredentialOptions.MaxFallbackPause), static (options, value) => options.MaxFallbackPause = value)
        .Flag(nameof(CredentialOptions.TryPendingLast), static (options, value) => options.TryPendingLast = value)
        .Time(nameof(CredentialOptions.MinBackoff), static (options, value) => options.MinBackoff = value)
        .Time(nameof(CredentialOptions.MaxBackoff), static (options, value) => options.MaxBackoff = value)
        .Time(nameof(CredentialOptions.ProbeTimeout), static (options, value) => options.ProbeTimeout = value)
        .Flag(nameof(CredentialOptions.ProveRetirement), static (options, value) => options.ProveRetirement = value)
        .Whole(nameof(CredentialOptions.RetirementProbeAttempts), static (options, value) => options.RetirementProbeAttempts = value)
        .Time(nameof(CredentialOptions.QuietPeriod), static (options, value) => options.QuietPeriod = value)
        .Time(nameof(CredentialOptions.ArtifactLifetime), static (options, value) => options.ArtifactLifetime = value)
        .Flag(nameof(CredentialOptions.RequireProof), static (options, value) => options.RequireProof = value)
        .OneOf<TrailingNewline>(nameof(CredentialOptions.Newline), static (options, value) => options.Newline = value)
        .Whole(nameof(CredentialOptions.MinimumLength), static (options, value) => options.MinimumLength = value)
        .Flag(nameof(CredentialOptions.AcceptAnyValue), static (options, value) => options.AcceptAnyValue = value)
        .Flag(nameof(CredentialOptions.IsCertificate), static (options, value) => options.IsCertificate = value)
        .Text(nameof(CredentialOptions.CertificatePassphrase), static (options, value) => options.CertificatePassphrase = value);

    /// <summary>The key of what a credential was called before: no option, for it is a fact of the declaration.</summary>
    public const string Formerly = nameof(CredentialBuilder.Formerly);

    /// <summary>Every key but those of backends.</summary>
    public static IEnumerable<string> Known => Keys.Names.Append(Formerly);

    /// <summary>Takes over what a credential was called before: one name, or a list of them.</summary>
    public static void ReadFormerNames(CredentialBuilder builder, IConfigurationSection section)
    {
        var names = section.GetSection(Formerly);
        foreach (var name in names.GetChildren().ToArray() is { Length: > 0 } list ? list : names.Value is { Length: > 0 } ? [names] : [])
        {
            if (string.IsNullOrWhiteSpace(name.Value))
            {
                builder.Refuse($"{name.Path} is no name. Write the name that the credential had, or a list of them.");
            }
            else if (name.Value == builder.Name)
            {
                builder.Refuse($"{name.Path} is '{name.Value}', as the credential is called now. Write the name that it had before.");
            }
            else
            {
                builder.Formerly(name.Value);
            }
        }
    }

    /// <summary>Sets the options that a section names.</summary>
    /// <exception cref="OptionsValidationException">One of them has no such value; all that have none are told.</exception>
    public static void Bind<T>(string credentialName, SectionKeys<T> keys, IConfigurationSection section, T options)
    {
        var mistakes = keys.Read(section, options);
        if (mistakes.Count > 0)
        {
            throw new OptionsValidationException(credentialName, typeof(T), mistakes.Select(mistake => $"Credential '{credentialName}': {mistake}"));
        }
    }

    /// <summary>What is wrong with the keys of a section. A misspelt one would silently leave a default in place; for an overlap window that is an outage.</summary>
    /// <param name="section">The section.</param>
    /// <param name="backends">The names of backends.</param>
    public static IEnumerable<string> Mistakes(IConfigurationSection section, IReadOnlyCollection<string> backends)
    {
        if (section.Value is { Length: > 0 })
        {
            // Not quoted: it may be the secret itself.
            yield return $"{section.Path} is one value, and a credential is a section with one of {Nearest.List(backends)}. The secret itself does not belong into configuration.";
        }

        string[] known = [.. Known, .. backends];
        foreach (var child in section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            yield return Nearest.To(child.Key, known) is { } near
                ? $"{child.Path} is not an option. Did you mean '{near}'?"
                : $"{child.Path} is not an option. Use one of {string.Join(", ", Known)}, or a backend: {string.Join(", ", backends)}. That of another package is known once it is registered, as with AddAwsSecretsManager().";
        }
    }
}

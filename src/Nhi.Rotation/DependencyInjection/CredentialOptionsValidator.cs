using Microsoft.Extensions.Options;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Refuses numbers that cannot work, with the key to change.</summary>
internal sealed class CredentialOptionsValidator(CredentialSetup setup) : IValidateOptions<CredentialOptions>
{
    private static readonly TimeSpan MinRefreshInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MinProbeTimeout = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, CredentialOptions options)
    {
        if (name is null || !setup.Credentials.TryGetValue(name, out var registration))
        {
            return ValidateOptionsResult.Skip;
        }

        var rules = new OptionRules(name, registration.SectionPath);
        rules.Check(options.RefreshInterval is not { } interval || (interval >= MinRefreshInterval && interval <= Duration.Longest), nameof(options.RefreshInterval), options.RefreshInterval, "100 ms or more, at most 3650 days");
        rules.Check(options.RefreshJitter is >= 0 and <= 0.5, nameof(options.RefreshJitter), options.RefreshJitter, "between 0 and 0.5");
        rules.Check(options.RefreshAtLifeFraction is >= 0.1 and <= 1, nameof(options.RefreshAtLifeFraction), options.RefreshAtLifeFraction, "between 0.1 and 1");
        rules.Check(Enum.IsDefined(options.Expiry), nameof(options.Expiry), options.Expiry, "Ends, FallsBack or Informs");
        rules.Check(options is not { Expiry: StoreExpiry.Informs, IsCertificate: true }, nameof(options.Expiry), options.Expiry, "Ends or FallsBack: a certificate ends when it says");
        rules.NotNegative(options.Overlap, nameof(options.Overlap));
        rules.NotNegative(options.ActivationDelay, nameof(options.ActivationDelay));
        rules.NotNegative(options.ClockSkew, nameof(options.ClockSkew));
        rules.Check(options.MaxStaleness is not { } limit || (limit > TimeSpan.Zero && limit <= Duration.Longest), nameof(options.MaxStaleness), options.MaxStaleness, "more than 0, or null for no limit");
        rules.Positive(options.RejectionRefreshInterval, nameof(options.RejectionRefreshInterval));
        rules.Check(options.FallbackAfterRejections >= 1, nameof(options.FallbackAfterRejections), options.FallbackAfterRejections, "1 or more");
        rules.Positive(options.FallbackPause, nameof(options.FallbackPause));
        rules.Check(options.MaxFallbackPause >= options.FallbackPause && options.MaxFallbackPause <= Duration.Longest, nameof(options.MaxFallbackPause), options.MaxFallbackPause, "FallbackPause or more, at most 3650 days");
        rules.Positive(options.MinBackoff, nameof(options.MinBackoff));
        rules.Check(options.MaxBackoff >= options.MinBackoff && options.MaxBackoff <= Duration.Longest, nameof(options.MaxBackoff), options.MaxBackoff, "MinBackoff or more, at most 3650 days");
        rules.Wait(options.ProbeTimeout, MinProbeTimeout, nameof(options.ProbeTimeout));
        rules.Check(options.RetirementProbeAttempts is >= 1 and <= 1000, nameof(options.RetirementProbeAttempts), options.RetirementProbeAttempts, "between 1 and 1000");
        rules.Check(!options.ProveRetirement || registration.Probe is not null, nameof(options.ProveRetirement), options.ProveRetirement, "false, or add a probe with ProbeHttp(...) or ProbeWith(...)");
        rules.NotNegative(options.QuietPeriod, nameof(options.QuietPeriod));
        rules.NotNegative(options.ArtifactLifetime, nameof(options.ArtifactLifetime));
        rules.Check(Enum.IsDefined(options.Newline), nameof(options.Newline), options.Newline, "TrimOne, TrimAll or Keep");
        rules.Check(options.MinimumLength is null or (>= 1 and <= 1024), nameof(options.MinimumLength), options.MinimumLength, "between 1 and 1024, or null");
        rules.Check(
            options.CertificatePassphrase is not { } passphrase || (options.IsCertificate && passphrase != name && setup.Credentials.ContainsKey(passphrase)),
            nameof(options.CertificatePassphrase),
            $"'{options.CertificatePassphrase}'",
            "the name of another credential that is declared, and IsCertificate to true; or leave it out");
        return rules.Result;
    }
}

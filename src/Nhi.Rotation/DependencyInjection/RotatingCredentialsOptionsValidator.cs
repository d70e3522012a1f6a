using Microsoft.Extensions.Options;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Refuses shared options that cannot work, and declarations that are incomplete.</summary>
internal sealed class RotatingCredentialsOptionsValidator(CredentialSetup setup) : IValidateOptions<RotatingCredentialsOptions>
{
    private const long MinEvidenceFileBytes = 4096;

    private static readonly TimeSpan MinSweepInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, RotatingCredentialsOptions options)
    {
        var rules = new OptionRules(credentialName: null, sectionPath: null);
        rules.Check(Enum.IsDefined(options.Start), nameof(options.Start), options.Start, "FailFast or Degraded");
        rules.Wait(options.FirstLoadTimeout, MinTimeout, nameof(options.FirstLoadTimeout));
        rules.Wait(options.AttemptTimeout, MinTimeout, nameof(options.AttemptTimeout));
        rules.Wait(options.SweepInterval, MinSweepInterval, nameof(options.SweepInterval));
        rules.Wait(options.CollectionInterval, MinSweepInterval, nameof(options.CollectionInterval));
        rules.Check(options.MaxConcurrentRefreshes >= 1, nameof(options.MaxConcurrentRefreshes), options.MaxConcurrentRefreshes, "1 or more");
        rules.Check(options.MaxConsumers >= 1, nameof(options.MaxConsumers), options.MaxConsumers, "1 or more");
        rules.Check(options.MaxCallers >= 1, nameof(options.MaxCallers), options.MaxCallers, "1 or more");
        if (setup.Evidence is { } evidence)
        {
            rules.Check(!string.IsNullOrWhiteSpace(evidence.Directory), "the evidence " + nameof(evidence.Directory), "empty", "a directory");
            rules.Check(evidence.MaxFileBytes >= MinEvidenceFileBytes, "the evidence " + nameof(evidence.MaxFileBytes), evidence.MaxFileBytes, "4096 or more");
        }

        foreach (var registration in setup.Credentials.Values)
        {
            CheckDeclaration(registration, rules);
        }

        foreach (var (_, section) in setup.Sections)
        {
            CheckKeys(section, rules);
        }

        return rules.Result;
    }

    private void CheckDeclaration(CredentialRegistration registration, OptionRules rules)
    {
        foreach (var error in registration.Errors)
        {
            rules.Fail($"Credential '{registration.Name}': {error}");
        }

        if (registration.Backend is null && registration.Errors.Count == 0)
        {
            rules.Fail(registration.SectionPath is { } path
                ? $"Credential '{registration.Name}': it has no backend. Add one of {Known()} under {path}, and register the backend's package."
                : $"Credential '{registration.Name}': it has no backend. Call FromFiles(...) or UseBackend(...) where it is added.");
        }
    }

    // A misspelt key would silently leave a default in place; for an overlap window that is an outage.
    private void CheckKeys(Microsoft.Extensions.Configuration.IConfigurationSection section, OptionRules rules)
    {
        foreach (var child in section.GetChildren())
        {
            if (!OptionNames.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && !setup.BackendSections.ContainsKey(child.Key))
            {
                rules.Fail($"Credential '{section.Key}': {child.Path} is not an option. Use one of {string.Join(", ", OptionNames)}, or a backend: {Known()}.");
            }
        }
    }

    private string Known() => string.Join(", ", setup.BackendSections.Keys.Order(StringComparer.Ordinal));

    private static readonly string[] OptionNames =
    [
        nameof(CredentialOptions.Owner), nameof(CredentialOptions.Purpose), nameof(CredentialOptions.RefreshInterval), nameof(CredentialOptions.RefreshJitter),
        nameof(CredentialOptions.RefreshAtLifeFraction),
        nameof(CredentialOptions.Overlap), nameof(CredentialOptions.ActivationDelay), nameof(CredentialOptions.ClockSkew), nameof(CredentialOptions.MaxStaleness),
        nameof(CredentialOptions.RejectionRefreshInterval), nameof(CredentialOptions.FallbackAfterRejections), nameof(CredentialOptions.FallbackPause),
        nameof(CredentialOptions.MaxFallbackPause), nameof(CredentialOptions.TryPendingLast),
        nameof(CredentialOptions.MinBackoff), nameof(CredentialOptions.MaxBackoff), nameof(CredentialOptions.ProbeTimeout),
        nameof(CredentialOptions.ProveRetirement), nameof(CredentialOptions.RetirementProbeAttempts),
        nameof(CredentialOptions.QuietPeriod), nameof(CredentialOptions.ArtifactLifetime), nameof(CredentialOptions.IsCertificate), nameof(CredentialOptions.MinimumLength), nameof(CredentialOptions.AcceptAnyValue),
    ];
}

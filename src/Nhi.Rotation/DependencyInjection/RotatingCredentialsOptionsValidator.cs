using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Refuses shared options that cannot work, and declarations that are incomplete.</summary>
internal sealed class RotatingCredentialsOptionsValidator(CredentialSetup setup, IConfiguration? configuration = null) : IValidateOptions<RotatingCredentialsOptions>
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

        CheckSections(rules);
        return rules.Result;
    }

    private void CheckSections(OptionRules rules)
    {
        foreach (var missing in setup.RevocationSections.Select(section => SectionPresence.FindMissing(section, configuration)).OfType<string>())
        {
            rules.Fail($"Revocations: {missing} Write [] there where nothing is revoked, or set StartWithout.");
        }

        var keys = CredentialSection.Known.Concat(setup.BackendSections.Keys).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] wrong = [.. setup.DeclaredSections.Select(section => section.FindMistake(configuration, keys)).OfType<string>()];
        foreach (var mistake in wrong)
        {
            rules.Fail($"Rotating credentials: {mistake}");
        }

        // Of a wrong section every child is wrong too.
        var misspelt = wrong.Length > 0 ? null : setup.Sections.ToLookup(one => one.Builder.Name, one => CredentialSection.Mistakes(one.Section, setup.BackendSections.Keys), StringComparer.Ordinal);
        foreach (var registration in setup.Credentials.Values.Where(registration => wrong.Length == 0 || registration.SectionPath is null))
        {
            CheckDeclaration(registration, [.. misspelt?[registration.Name].SelectMany(mistakes => mistakes) ?? [], .. registration.Errors], rules);
        }
    }

    private void CheckDeclaration(CredentialRegistration registration, List<string> mistakes, OptionRules rules)
    {
        foreach (var mistake in mistakes)
        {
            rules.Fail($"Credential '{registration.Name}': {mistake}");
        }

        if (registration.IsDeclaredTwice)
        {
            rules.Fail($"Credential '{registration.Name}': it is declared twice. Keep one declaration. To put a fake in its place in a test, call services.AddRotatingCredentials().ReplaceCredential(\"{registration.Name}\", c => c.UseBackend(...)).");
        }

        // What is wrong there may be the backend's name.
        if (registration.Backend is null && mistakes.Count == 0)
        {
            rules.Fail(registration.SectionPath is { } path
                ? $"Credential '{registration.Name}': it has no backend. Add one of {string.Join(", ", setup.BackendSections.Keys.Order(StringComparer.Ordinal))} under {path}, and register the backend's package."
                : $"Credential '{registration.Name}': it has no backend. Call FromFiles(...) or UseBackend(...) where it is added.");
        }
    }
}

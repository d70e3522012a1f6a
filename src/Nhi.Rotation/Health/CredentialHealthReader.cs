using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Health;

/// <summary>Judges all credentials by the options of the health checks, if there are any, so that no two places disagree.</summary>
internal sealed class CredentialHealthReader(CredentialRegistry registry, CredentialHealthOptions? options) : ICredentialHealthReader
{
    private readonly CredentialHealthOptions _options = options ?? new();

    public IReadOnlyList<CredentialHealth> Read() =>
        [.. from name in registry.Names let judgement = CredentialJudgement.Of(registry.ReadStatus(name), _options) select new CredentialHealth(name, judgement.Health, judgement.Reasons)];
}

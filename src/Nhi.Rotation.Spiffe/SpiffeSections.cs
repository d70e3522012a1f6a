using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.Spiffe;

/// <summary>Reads what configuration says of a credential of the Workload API. Every mistake names its key.</summary>
internal static class SpiffeSections
{
    public static void Svid(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, "Svid", "Audience", "Hint"))
        {
            return;
        }

        var (kind, audience, hint) = (section["Svid"] ?? string.Empty, section["Audience"], section["Hint"]);
        var isJwt = kind.Equals("Jwt", StringComparison.OrdinalIgnoreCase);
        if (isJwt && string.IsNullOrWhiteSpace(audience))
        {
            builder.Refuse($"{section.Path}:Audience is missing. Name the one service that is to accept the token.");
        }
        else if (!isJwt && audience is not null)
        {
            builder.Refuse($"{section.Path}:Audience is for tokens alone. Leave it out, or set Svid to Jwt.");
        }
        else if (isJwt)
        {
            builder.FromSpiffeJwt(audience!, hint);
        }
        else if (kind.Equals("X509", StringComparison.OrdinalIgnoreCase))
        {
            builder.FromSpiffe(hint);
        }
        else if (kind.Equals("Wit", StringComparison.OrdinalIgnoreCase))
        {
            builder.FromSpiffeWit(hint);
        }
        else
        {
            builder.Refuse($"{section.Path}:Svid is {(kind.Length == 0 ? "missing" : "no kind of SVID")}. Set it to X509, Jwt or Wit.");
        }
    }

    public static void Roots(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, "TrustDomain"))
        {
            return;
        }

        if (SpiffeId.TrustDomainOf(section["TrustDomain"] ?? string.Empty) is { } domain)
        {
            builder.FromSpiffeRoots(domain);
        }
        else
        {
            builder.Refuse($"{section.Path}:TrustDomain is no trust domain. Write it as example.org.");
        }
    }
}

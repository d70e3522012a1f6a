using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spiffe;
using Nhi.Rotation.Spiffe.Svids;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation;

/// <summary>Takes credentials from the SPIFFE Workload API.</summary>
public static class SpiffeExtensions
{
    /// <summary>
    /// Takes the X.509-SVIDs of this process: certificates with their private keys, which never touch a disk. A new one is in use as soon as the Workload API pushes it, for authorities
    /// of short-lived certificates date them back themselves: <see cref="CredentialOptions.ClockSkew"/> is 0 here unless it is set afterwards.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="hint">Which SVID, by the hint of its entry, where there are several. <see langword="null"/> takes the default one, which is the first.</param>
    /// <returns>The same builder.</returns>
    public static CredentialBuilder FromSpiffe(this CredentialBuilder builder, string? hint = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSpiffe();
        return builder.AsCertificate().Configure(static options => options.ClockSkew = TimeSpan.Zero).UseBackend(
            string.IsNullOrEmpty(hint) ? "x509-svid" : $"x509-svid of {hint}",
            services => new X509SvidBackend(
                services.GetRequiredService<WorkloadApi>(),
                services.GetRequiredService<TrustStore>(),
                string.IsNullOrEmpty(hint) ? null : hint,
                services.GetRequiredService<IOptions<SpiffeOptions>>().Value.StopWhenDenied));
    }
}

using Nhi.Rotation.Spiffe;

namespace Nhi.Rotation;

/// <summary>Lets configuration name what the SPIFFE Workload API gives.</summary>
public static class SpiffeConfigurationExtensions
{
    /// <summary>
    /// Lets configuration name what the SPIFFE Workload API gives: <c>"svid": { "Spiffe": { "Svid": "X509" } }</c>, where <c>Svid</c> is <c>X509</c>, <c>Jwt</c> with an <c>Audience</c>, or <c>Wit</c>, and
    /// <c>Hint</c> may be added; and <c>"our-roots": { "SpiffeRoots": { "TrustDomain": "example.org" } }</c>.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddSpiffe(this RotatingCredentialsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddBackendSection("Spiffe", SpiffeSections.Svid).AddBackendSection("SpiffeRoots", SpiffeSections.Roots);
    }
}

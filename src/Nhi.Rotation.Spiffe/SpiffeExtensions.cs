using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spiffe;
using Nhi.Rotation.Spiffe.Svids;
using Nhi.Rotation.Spiffe.Tokens;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation;

/// <summary>Takes credentials from the SPIFFE Workload API.</summary>
public static class SpiffeExtensions
{
    // As agents do themselves: asked at half of its life, and not before.
    private const double HalfOfItsLife = 0.5;
    private static readonly TimeSpan OnlyForItsLife = TimeSpan.FromDays(1);

    // Longer than any root lives: the bundle alone says when one goes.
    private static readonly TimeSpan UntilItIsWithdrawn = TimeSpan.FromDays(3650);

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

    /// <summary>
    /// Takes the JWT-SVIDs of this process for one audience: tokens to be sent as bearer, with <c>AddRotatingCredential(name, http => http.Bearer())</c>. One is kept, and replaced when about half
    /// of its life is over (<see cref="CredentialOptions.RefreshAtLifeFraction"/>).
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="audience">Who is to accept it: one service, and not many, since each of them could use it towards the others.</param>
    /// <param name="hint">Which identity, by the hint of its entry, where there are several. <see langword="null"/> takes the default one.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The audience is empty.</exception>
    public static CredentialBuilder FromSpiffeJwt(this CredentialBuilder builder, string audience, string? hint = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(audience);
        builder.Services.AddSpiffe();
        return builder.Configure(static options => options.RefreshAtLifeFraction = HalfOfItsLife).UseBackend(
            $"jwt-svid for {audience}",
            services => new JwtSvidBackend(
                services.GetRequiredService<WorkloadApi>(),
                audience,
                string.IsNullOrEmpty(hint) ? null : hint,
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<IOptions<SpiffeOptions>>().Value.StopWhenDenied),
            defaultRefreshInterval: OnlyForItsLife);
    }

    /// <summary>
    /// Takes the WIT-SVIDs of this process: tokens that are bound to a private key, which <see cref="WitSvid.Parse"/> reads. How one is presented with a proof of the key is not standard yet; it must
    /// never be sent without. The standard calls them incubating, and an agent need not have them.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="hint">Which identity, by the hint of its entry, where there are several. <see langword="null"/> takes the default one.</param>
    /// <returns>The same builder.</returns>
    public static CredentialBuilder FromSpiffeWit(this CredentialBuilder builder, string? hint = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSpiffe();
        return builder.UseBackend(
            string.IsNullOrEmpty(hint) ? "wit-svid" : $"wit-svid of {hint}",
            services => new WitSvidBackend(
                services.GetRequiredService<WorkloadApi>(),
                services.GetRequiredService<WitStream>(),
                string.IsNullOrEmpty(hint) ? null : hint,
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<IOptions<SpiffeOptions>>().Value.StopWhenDenied));
    }

    /// <summary>
    /// Takes the roots of a trust domain, so that the ledger tells who relies on which: each peer that <see cref="SpiffeTrust"/> finds to lead to one counts as a use of it, by the peer's SPIFFE ID. The
    /// newest root is current. An old one is previous for as long as it is in the bundle, and its verdict says who still needs it. Who is trusted does not depend on this.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="trustDomain">The trust domain's name, such as <c>example.org</c>: the own one, or a federated one.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="FormatException">It is no trust domain.</exception>
    public static CredentialBuilder FromSpiffeRoots(this CredentialBuilder builder, string trustDomain)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(trustDomain);
        var domain = SpiffeId.TrustDomainOf(trustDomain) ?? throw new FormatException($"Credential '{builder.Name}': '{trustDomain}' is no trust domain. Write it as example.org.");
        builder.Services.AddSpiffe();
        builder.Services.AddSingleton(new RootsCredential(builder.Name, domain));
        return builder.Configure(static options => options.Overlap = UntilItIsWithdrawn).UseBackend(
            $"roots of {domain}", services => new RootsBackend(services.GetRequiredService<WorkloadApi>(), services.GetRequiredService<TrustStore>(), domain));
    }
}

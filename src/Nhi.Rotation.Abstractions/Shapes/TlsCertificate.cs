using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>
/// A credential's value read as a certificate: leaf, private key and the rest of the chain. The value is PEM text with all of them in any order, a JSON object with such texts under any
/// names, or a PKCS#12, as bytes or in base64.
/// </summary>
/// <remarks>
/// Immutable and safe for concurrent use. Dispose it when no connection can still use it; one that is derived once per version is better left to the
/// garbage collector, for handshakes may be using it when its version is replaced.
/// </remarks>
public sealed class TlsCertificate : IDisposable
{
    private readonly X509Certificate2Collection _intermediates;

    private TlsCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
    {
        Leaf = leaf;
        _intermediates = intermediates;
    }

    /// <summary>The certificate, with its private key.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public X509Certificate2 Leaf { get; }

    /// <summary>
    /// The rest of the chain in order, the leaf's issuer first and without a root. Of several ways the one that ends at a root which is there is taken, then the one that expires last, then
    /// the shortest; what is no part of it is left out.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<X509Certificate2> Intermediates => [.. _intermediates];

    /// <summary>From when on the leaf is valid, UTC.</summary>
    public DateTimeOffset NotBefore => new(Leaf.NotBefore.ToUniversalTime());

    /// <summary>Until when the leaf is valid, UTC.</summary>
    public DateTimeOffset NotAfter => new(Leaf.NotAfter.ToUniversalTime());

    /// <summary>Reads a version; reveals it once. Looks at the form and not at the dates, which are the lifecycle's (<c>CredentialOptions.IsCertificate</c>).</summary>
    /// <param name="credential">The version.</param>
    /// <exception cref="CredentialFormatException">
    /// It is neither PEM nor PKCS#12; there is no certificate, no private key or more than one; the key is encrypted, neither RSA nor ECDSA, or belongs to none
    /// of the certificates; or a certificate lacks between two that are there.
    /// </exception>
    public static TlsCertificate Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Read(credential, passphrase: null);
    }

    /// <summary>Reads a version whose key is encrypted: a PKCS#12 with a password, or PEM with an encrypted PKCS#8 key. One that is not encrypted is an error.</summary>
    /// <param name="credential">The version; it is revealed once.</param>
    /// <param name="passphrase">The version of another credential that it was encrypted with; it is revealed once.</param>
    /// <exception cref="CredentialFormatException">As in <see cref="Parse(Credential)"/>; or the passphrase does not open it.</exception>
    public static TlsCertificate Parse(Credential credential, Credential passphrase)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(passphrase);
        return Read(credential, passphrase.Reveal());
    }

    /// <summary>
    /// What <see cref="SslStream"/>, Kestrel and SocketsHttpHandler take: it sends the leaf and its intermediates. Make it once and use it for many handshakes, for
    /// sessions are resumed within one. It fetches nothing: neither missing certificates nor OCSP answers.
    /// </summary>
    public SslStreamCertificateContext CreateContext() => SslStreamCertificateContext.Create(Leaf, _intermediates, offline: true);

    /// <summary>Frees the certificates and the key.</summary>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var intermediate in _intermediates)
        {
            intermediate.Dispose();
        }
    }

    /// <summary>Subject, validity and length of the chain; never the key.</summary>
    public override string ToString() => FormattableString.Invariant($"{Leaf.Subject}, valid {NotBefore:u} to {NotAfter:u}, {_intermediates.Count} more in the chain");

    private static TlsCertificate Read(Credential credential, string? passphrase)
    {
        using var parts = CertificateParts.Read(credential, passphrase);
        var leaf = parts.TakeLeaf();
        try
        {
            return new TlsCertificate(leaf, [.. parts.TakeChainOf(leaf)]);
        }
        catch
        {
            leaf.Dispose();
            throw;
        }
    }
}

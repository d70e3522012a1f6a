using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>What can be wrong with a certificate: texts in one place. Subjects of certificates are public; nothing else of the value is in them.</summary>
internal readonly struct CertificateErrors(Credential credential)
{
    private const string OnePair = "Store the chain and the private key of one issue.";

    public CredentialFormatException NeitherForm() => Of(
        "is neither PEM nor PKCS#12", "Store PEM text with the chain and the private key, or a PKCS#12 without password, as bytes or in base64.");

    public CredentialFormatException BrokenBlock() => Of("has a PEM block that is cut off or damaged", "Store it as it was issued.");

    public CredentialFormatException BrokenPkcs12() => Of(
        "is a PKCS#12 that is damaged or needs a password", "Store it without a password: the store protects it, and nobody is asked for one here.");

    public CredentialFormatException Encrypted() => Of(
        "has an encrypted private key", "Store it decrypted: the store protects it, and nobody is asked for a password here.");

    public CredentialFormatException NoCertificate() => Of("has no certificate", "Store the chain in front of the private key.");

    public CredentialFormatException NoKey() => Of("has no private key", "Store the private key with the chain.");

    public CredentialFormatException SeveralKeys() => Of("has more than one private key", "Keep the one of the first certificate.");

    public CredentialFormatException UnknownKey() => Of("has a private key that is damaged, or neither RSA nor ECDSA", "Issue the certificate for an RSA or ECDSA key.");

    public CredentialFormatException Mismatch(int certificates) => Of(
        certificates == 1 ? "has a private key that does not match its certificate" : $"has a private key that matches none of its {certificates} certificates", OnePair);

    public CredentialFormatException NotInChain(X509Certificate2 stray, X509Certificate2 last) => Of(
        last.IssuerName.RawData.AsSpan().SequenceEqual(last.SubjectName.RawData)
            ? $"has a certificate '{stray.Subject}' that is no part of the chain, which ends at '{last.Subject}'"
            : $"has a certificate '{stray.Subject}' that is no part of the chain: after '{last.Subject}' comes its issuer, '{last.Issuer}'",
        "Store the leaf and its issuers without a gap, and no other certificates.");

    public CredentialFormatException Ambiguous(X509Certificate2 child) => Of(
        $"has two certificates that could have issued '{child.Subject}'", "Keep the one that did.");

    private CredentialFormatException Of(string cause, string fix) => new(credential.Name, $"version '{credential.VersionId}' {cause}", fix);
}

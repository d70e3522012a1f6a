using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>What can be wrong with a certificate: texts in one place. Subjects of certificates are public; nothing else of the value is in them.</summary>
internal readonly struct CertificateErrors(Credential credential)
{
    private const string OnePair = "Store the chain and the private key of one issue.";

    public CredentialFormatException NeitherForm() => Of(
        "is neither PEM nor PKCS#12", "Store PEM text with the chain and the private key, a JSON object with such texts, or a PKCS#12, as bytes or in base64.");

    public CredentialFormatException BrokenBlock() => Of("has a PEM block that is cut off or damaged", "Store it as it was issued.");

    public CredentialFormatException WrittenOut() => Of("is PEM whose line breaks are written as \\n", "Store it with real line breaks: printf '%b' \"$PEM\".");

    public CredentialFormatException OtherKeyForm() => Of(
        "has a private key in a form that is not read", "Write it as PKCS#8: openssl pkcs8 -topk8 -nodes -in old.key -out new.key; of an OpenSSH key, ssh-keygen -p -m PKCS8 -f old.key.");

    public CredentialFormatException BareCertificate() => Of("is a certificate without its private key", "Store PEM text with the chain and the private key, or a PKCS#12.");

    public CredentialFormatException BrokenPkcs12() => Of(
        "is a PKCS#12 that is damaged or needs a password", "Name the credential that has the password (CertificatePassphrase), or store it without one.");

    public CredentialFormatException WrongPassphrase() => Of(
        "is encrypted, and no version of its passphrase opens it, or it is damaged", "Store the passphrase that it was encrypted with under the name that CertificatePassphrase has.");

    public CredentialFormatException Encrypted() => Of(
        "has an encrypted private key", "Name the credential that has the passphrase (CertificatePassphrase), or store the key decrypted.");

    public CredentialFormatException OldEncryption() => Of(
        "has an encrypted private key in OpenSSL's older form, whose encryption is weak", "Write it anew: openssl pkcs8 -topk8 -in old.key -out new.key.");

    public CredentialFormatException KeyInBundle() => Of("has a private key where certificates are that are trusted", "Store the certificates alone: they are not secret, and the key is.");

    public CredentialFormatException NoTrusted() => Of("has no certificate to trust", "Store one or more in PEM.");

    public CredentialFormatException TooMany(int most) => Of($"has more than {most} certificates", "Store the chain of one certificate; a bundle of roots is not needed with it.");

    public CredentialFormatException NoCertificate() => Of("has no certificate", "Store the chain in front of the private key, in blocks called CERTIFICATE.");

    public CredentialFormatException NoKey() => Of("has no private key", "Store the private key with the chain.");

    public CredentialFormatException SeveralKeys() => Of("has more than one private key", "Keep the one of the first certificate.");

    public CredentialFormatException UnknownKey() => Of(
        "has a private key that is damaged, or of a kind or curve that is not known here", "Issue the certificate for an RSA key, or an ECDSA key of the curve P-256, P-384 or P-521.");

    public CredentialFormatException Mismatch(int certificates) => Of(
        certificates == 1 ? "has a private key that does not match its certificate" : $"has a private key that matches none of its {certificates} certificates", OnePair);

    public CredentialFormatException Lacks(X509Certificate2 last, X509Certificate2 stray) => Of(
        $"lacks the certificate '{last.Issuer}', which issued '{last.Subject}': nothing leads from there to '{stray.Subject}', which is in it",
        "Add the one that lacks, or take out what does not belong to the chain.");

    private CredentialFormatException Of(string cause, string fix) => new(credential.Name, $"version '{credential.VersionId}' {cause}", fix);
}

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>Private keys in the right form that no platform can use, in DER.</summary>
internal static class ForeignKeys
{
    private const string EcKey = "1.2.840.10045.2.1";

    public static byte[] OfCurve(string oid) => Pkcs8(writer => writer.WriteObjectIdentifier(oid), Sec1(new byte[32]));

    /// <summary>A curve that is written out instead of named: the numbers of P-256, or others.</summary>
    public static byte[] OfExplicitCurve(byte[]? prime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var curve = key.ExportExplicitParameters(includePrivateParameters: true);
        if (prime is not null)
        {
            curve.Curve.Prime = prime;
        }

        return Pkcs8(writer => Write(writer, curve.Curve), Sec1(curve.D!));
    }

    /// <summary>An object identifier of <paramref name="length"/> bytes that never ends a number.</summary>
    public static byte[] OfHugeIdentifier(int length) =>
        Pkcs8(writer => writer.WriteEncodedValue([0x06, 0x82, (byte)(length >> 8), (byte)length, 0x2b, .. Enumerable.Repeat((byte)0xff, length - 2), 0x01]), Sec1(new byte[32]));

    /// <summary>RSA in PKCS#1 with these numbers, whatever they are worth.</summary>
    public static byte[] Rsa(params BigInteger[] numbers)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            foreach (var number in numbers)
            {
                writer.WriteInteger(number);
            }
        }

        return writer.Encode();
    }

    public static string Pem(string label, byte[] der) => PemEncoding.WriteString(label, der) + "\n";

    private static byte[] Sec1(byte[] d)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(d);
        }

        return writer.Encode();
    }

    private static byte[] Pkcs8(Action<AsnWriter> parameters, byte[] key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(EcKey);
                parameters(writer);
            }

            writer.WriteOctetString(key);
        }

        return writer.Encode();
    }

    // SpecifiedECDomain, SEC 1, C.2.
    private static void Write(AsnWriter writer, ECCurve curve)
    {
        using var domain = writer.PushSequence();
        writer.WriteInteger(1);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.10045.1.1");
            writer.WriteIntegerUnsigned(curve.Prime);
        }

        using (writer.PushSequence())
        {
            writer.WriteOctetString(curve.A!);
            writer.WriteOctetString(curve.B!);
        }

        writer.WriteOctetString([4, .. curve.G.X!, .. curve.G.Y!]);
        writer.WriteIntegerUnsigned(curve.Order);
        writer.WriteIntegerUnsigned(curve.Cofactor);
    }
}

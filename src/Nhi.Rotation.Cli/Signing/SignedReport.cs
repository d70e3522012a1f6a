using System.Text.Json;
using Nhi.Rotation.Cli.Reporting;

namespace Nhi.Rotation.Cli.Signing;

/// <summary>Signs reports and checks them. Offline: what is needed is in the files.</summary>
internal static class SignedReport
{
    /// <summary>The envelope of a report and its page.</summary>
    public static byte[] Sign(RotationReport report, string name, ReadOnlySpan<byte> page, SigningKey key)
    {
        var envelope = new DsseEnvelope(DsseEnvelope.InToto, ReportStatement.Of(report, name, page).ToJson(), []);
        return (envelope with { Signatures = [new DsseSignature(key.Id, key.Sign(envelope.ToSign()))] }).ToJson();
    }

    /// <summary>Whether an envelope is of this page, by this key.</summary>
    /// <returns>What is wrong, or <see langword="null"/> if nothing is.</returns>
    public static string? FindFault(byte[] json, ReadOnlySpan<byte> page, SigningKey key, out RotationReport? report)
    {
        report = null;
        if (DsseEnvelope.TryRead(json) is not { } envelope || envelope is not { PayloadType: DsseEnvelope.InToto, Signatures: [var signature] })
        {
            return "The signature file is no envelope as this tool writes it: it was changed, cut off, or is something else.";
        }

        if (signature.KeyId != key.Id)
        {
            return $"It was signed with another key ({signature.KeyId}), or the name of the key was changed.";
        }

        if (!key.Verify(envelope.ToSign(), signature.Sig))
        {
            return "The signature does not match: what was signed, or the signature, was changed.";
        }

        if (Read(envelope.Payload) is not { Type: ReportStatement.StatementType, PredicateType: ReportStatement.ReportType, Subject: [var subject] } statement)
        {
            return "What was signed is no report of this kind.";
        }

        if (subject.Digest.GetValueOrDefault("sha256") != ReportStatement.Digest(page))
        {
            return $"The page is not the one that was signed ({subject.Name}): it was changed, or is another one.";
        }

        report = statement.Predicate;
        return null;
    }

    private static ReportStatement? Read(byte[] payload)
    {
        try
        {
            return ReportStatement.Read(payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

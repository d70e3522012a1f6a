using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Signs the requests of one client, for as long as the app runs. Safe for concurrent use.</summary>
internal sealed class WebhookSigner(string client, IRotatingCredentialProvider provider, SignatureFormat format, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _unusable = new(StringComparer.Ordinal);

    /// <summary>Puts the headers on, in place of those of an earlier try. A message keeps its id.</summary>
    /// <exception cref="CredentialException">There is no version to sign with, or its value is no key for the scheme.</exception>
    public async ValueTask SignAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (request.Content is { } unread)
        {
            // First: it may take long, and then neither the version nor the time would be those of the sending.
            await unread.LoadIntoBufferAsync(ct).ConfigureAwait(false);
        }

        var current = await provider.GetCurrentAsync(ct).ConfigureAwait(false);
        var scheme = format.Scheme;
        var id = scheme.IdHeader is null ? null : IdOf(request, scheme.IdHeader);
        var timestamp = format.HasTimestamp ? time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : null;
        using var content = new PooledContent();
        content.Begin(format.PrefixOf(id, timestamp));
        if (request.Content is { } body)
        {
            var stream = await body.ReadAsStreamAsync(ct).ConfigureAwait(false);
            await content.TryReadAsync(stream, int.MaxValue, ct).ConfigureAwait(false);
            stream.Position = 0;
        }

        Set(request, scheme.IdHeader, id);
        Set(request, scheme.TimestampHeader, timestamp);
        Set(request, scheme.SignatureHeader, Signatures(current, content.Signed, timestamp));
    }

    private string Signatures(Credential current, ReadOnlySpan<byte> content, string? timestamp)
    {
        Span<byte> signatures = stackalloc byte[SHA256.HashSizeInBytes * SigningSecret.MaxSecrets];
        var made = format.Secret.Sign(current, content, signatures);
        if (made == 0)
        {
            throw new CredentialFormatException(
                provider.Name, $"version '{current.VersionId}' is no key for webhooks of scheme '{format.Scheme.Name}'", $"Its value must be base64, with or without '{format.Scheme.Base64KeyPrefix}' before it.");
        }

        if (format.Scheme.Separator is not { } separator)
        {
            return format.Write(signatures[..SHA256.HashSizeInBytes]);
        }

        var header = new StringBuilder();
        if (format.Scheme.TimestampPrefix is { } prefix)
        {
            header.Append(prefix).Append(timestamp).Append(separator);
        }

        var room = SignatureFormat.MaxSignatures;
        Append(header, signatures, made, ref room);
        foreach (var other in Others(current).TakeWhile(_ => room > 0))
        {
            made = format.Secret.Sign(other, content, signatures);
            if (made == 0 && _unusable.TryAdd(other.VersionId, true))
            {
                WebhookLog.NotSignedWith(logger, client, provider.Name, other.VersionId, format.Scheme.Name);
            }

            header.Append(made > 0 ? separator.ToString() : null);
            Append(header, signatures, made, ref room);
        }

        return header.ToString();
    }

    private void Append(StringBuilder header, ReadOnlySpan<byte> signatures, int count, ref int room)
    {
        for (var i = 0; i < count && room > 0; i++, room--)
        {
            header.Append(i > 0 ? format.Scheme.Separator.ToString() : null).Append(format.Write(signatures.Slice(SHA256.HashSizeInBytes * i, SHA256.HashSizeInBytes)));
        }
    }

    // What receivers may have: the version that comes next, if it is valid already, and those in overlap. The set may be older than the stages.
    private IEnumerable<Credential> Others(Credential current)
    {
        var set = provider.Credentials;
        var now = time.GetUtcNow();
        return set.Pending.Where(version => !(version.NotBefore > now)).Concat(set.Previous)
            .Where(version => version.VersionId != current.VersionId && version.Stage is not (CredentialStage.Retired or CredentialStage.Revoked));
    }

    private string IdOf(HttpRequestMessage request, string header)
    {
        if (!request.Headers.TryGetValues(header, out var values))
        {
            return "msg_" + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 27);
        }

        var id = values.Count() == 1 ? values.First() : string.Empty;
        return id.Length > 0 && format.IsId(id)
            ? id
            : throw new InvalidOperationException($"HttpClient '{client}': header '{header}' of a request is not a message id. Set one value of visible ASCII characters without the sign that ends it in the signature, or none.");
    }

    private static void Set(HttpRequestMessage request, string? header, string? value)
    {
        if (header is not null)
        {
            request.Headers.Remove(header);
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }
}

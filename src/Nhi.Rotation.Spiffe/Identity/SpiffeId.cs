using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Spiffe.Identity;

namespace Nhi.Rotation.Spiffe;

/// <summary>Who a workload is: <c>spiffe://example.org/billing/api</c>, a trust domain and a path. The rules of form are those of the SPIFFE ID standard.</summary>
/// <remarks>Immutable and safe for concurrent use. Two are equal if their texts are; case counts.</remarks>
public sealed class SpiffeId : IEquatable<SpiffeId>
{
    private const string Scheme = "spiffe://";

    // Both from the standard, section 2.3: what every implementation supports.
    private const int MaxLength = 2048;
    private const int MaxTrustDomainLength = 255;

    private readonly string _text;

    private SpiffeId(string text, int slash)
    {
        _text = text;
        TrustDomain = text[Scheme.Length..slash];
        Path = text[slash..];
    }

    /// <summary>The trust domain, such as <c>example.org</c>.</summary>
    public string TrustDomain { get; }

    /// <summary>The path with its leading slash, such as <c>/billing/api</c>; empty for a trust domain itself.</summary>
    public string Path { get; }

    /// <summary>Reads an ID.</summary>
    /// <param name="text">The text, such as <c>spiffe://example.org/billing/api</c>.</param>
    /// <exception cref="FormatException">It is no SPIFFE ID; the message says why.</exception>
    public static SpiffeId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FindMistake(text, out var slash) is { } mistake ? throw new FormatException($"'{text}' is no SPIFFE ID: {mistake}.") : new SpiffeId(text, slash);
    }

    /// <summary>Reads an ID, or says that it is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The ID.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SpiffeId? id)
    {
        id = text is not null && FindMistake(text, out var slash) is null ? new SpiffeId(text, slash) : null;
        return id is not null;
    }

    /// <summary>
    /// The ID in a certificate, such as <c>HttpContext.Connection.ClientCertificate</c>; <see langword="null"/> if it is no X.509-SVID. Whether the certificate is to be
    /// trusted is another question, to be answered before.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    public static SpiffeId? Of(X509Certificate2? certificate) => certificate is null ? null : Leaf.Read(certificate).Id;

    /// <inheritdoc/>
    public bool Equals(SpiffeId? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpiffeId);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The text.</summary>
    public override string ToString() => _text;

    /// <summary>The name of a trust domain, given as such or as the SPIFFE ID of the domain; <see langword="null"/> if it is neither.</summary>
    internal static string? TrustDomainOf(string text) =>
        TryParse(text.StartsWith(Scheme, StringComparison.Ordinal) ? text : Scheme + text, out var id) && id.Path.Length == 0 ? id.TrustDomain : null;

    private static string? FindMistake(string text, out int slash)
    {
        slash = text.Length;
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return "it does not begin with spiffe://";
        }

        if (text.Length > MaxLength)
        {
            return "it is longer than 2048 bytes";
        }

        var end = text.IndexOf('/', Scheme.Length);
        slash = end < 0 ? text.Length : end;
        var domain = text.AsSpan(Scheme.Length, slash - Scheme.Length);
        if (domain.IsEmpty || domain.Length > MaxTrustDomainLength || domain.ContainsAnyExcept(Characters.OfTrustDomains))
        {
            return "a trust domain has 1 to 255 characters, a-z, 0-9, dots, dashes and underscores";
        }

        return slash == text.Length ? null : FindMistakeInPath(text.AsSpan(slash + 1));
    }

    private static string? FindMistakeInPath(ReadOnlySpan<char> path)
    {
        foreach (var part in path.Split('/'))
        {
            var segment = path[part];
            if (segment.IsEmpty || segment is "." or "..")
            {
                return "no part of a path is empty, '.' or '..', and none ends in a slash";
            }

            if (segment.ContainsAnyExcept(Characters.OfPaths))
            {
                return "a path has letters, digits, dots, dashes and underscores";
            }
        }

        return null;
    }
}

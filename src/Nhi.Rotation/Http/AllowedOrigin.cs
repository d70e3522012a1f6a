namespace Nhi.Rotation.Http;

/// <summary>One scheme, host and port that may see a credential.</summary>
internal sealed record AllowedOrigin
{
    private AllowedOrigin(Uri address)
    {
        Scheme = address.Scheme;
        Host = address.IdnHost;
        Port = address.Port;
    }

    /// <summary>Lower case, as every <see cref="Uri"/> has it.</summary>
    public string Scheme { get; }

    /// <summary>Lower case and punycode.</summary>
    public string Host { get; }

    public int Port { get; }

    public bool Covers(Uri address) => Port == address.Port && Host == address.IdnHost && Scheme == address.Scheme;

    /// <summary>The origin of a base address.</summary>
    /// <param name="address">An absolute http or https address.</param>
    /// <returns><see langword="null"/> if it would send the credential in clear text over a network.</returns>
    public static AllowedOrigin? FromBaseAddress(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || address.IsLoopback ? new AllowedOrigin(address) : null;

    /// <summary>The origin of an address that is allowed already.</summary>
    public static AllowedOrigin Of(Uri address) => new(address);

    /// <summary>The origins that an entry of AllowHosts means.</summary>
    /// <exception cref="ArgumentException">It is not a host.</exception>
    public static IEnumerable<AllowedOrigin> Parse(string entry)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(entry);
        if (entry.Contains("://", StringComparison.Ordinal))
        {
            return [new AllowedOrigin(ParseAddress(entry, entry))];
        }

        var secure = ParseAddress($"https://{entry}", entry);
        return secure.IsLoopback
            ? [new AllowedOrigin(secure), new AllowedOrigin(ParseAddress($"http://{entry}", entry))]
            : [new AllowedOrigin(secure)];
    }

    /// <summary>The entry of AllowHosts that means just the origin of an address.</summary>
    public static string EntryFor(Uri address) => address.Scheme == Uri.UriSchemeHttps ? address.Authority : $"{address.Scheme}://{address.Authority}";

    public override string ToString() => $"{Scheme}://{Host}:{Port}";

    private static Uri ParseAddress(string text, string entry)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            && address.PathAndQuery == "/"
            && address.UserInfo.Length == 0
            && address.Fragment.Length == 0
            && Uri.CheckHostName(address.IdnHost) != UriHostNameType.Unknown)
        {
            return address;
        }

        throw new ArgumentException(
            $"'{entry}' is not a host. Write 'host', 'host:port' or 'http://host[:port]', without wildcard and path.", nameof(entry));
    }
}

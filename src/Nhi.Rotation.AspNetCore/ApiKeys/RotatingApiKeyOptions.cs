using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authentication;
using Nhi.Rotation.AspNetCore.ApiKeys;

namespace Nhi.Rotation.AspNetCore;

/// <summary>How API keys arrive and whose they are.</summary>
public sealed class RotatingApiKeyOptions : AuthenticationSchemeOptions
{
    internal const int LongestKey = 8192;

    /// <summary>The header that carries the key. Default <c>X-Api-Key</c>. Not used where <see cref="AuthorizationScheme"/> is set.</summary>
    public string HeaderName { get; set; } = RotatingApiKeyDefaults.HeaderName;

    /// <summary>Takes the key from the <c>Authorization</c> header with this scheme, such as <c>Bearer</c>. Default <see langword="null"/>: from <see cref="HeaderName"/>.</summary>
    public string? AuthorizationScheme { get; set; }

    /// <summary>
    /// The header that names the client. Default <see langword="null"/>: with several clients the key itself does, by what stands before its first
    /// <see cref="PrefixSeparator"/>.
    /// </summary>
    public string? ClientIdHeaderName { get; set; }

    /// <summary>What ends the client's id at the beginning of a key: <c>acme_1f9a...</c> is a key of the client <c>acme</c>. Default <c>_</c>.</summary>
    public char PrefixSeparator { get; set; } = '_';

    /// <summary>The longest key that is looked at, in characters, 16 to 8192. Longer ones are refused unread. Default 512.</summary>
    public int MaxKeyLength { get; set; } = 512;

    /// <summary>
    /// Whether responses to callers that used an old key that is still accepted say so, with the headers <c>Deprecation</c> (RFC 9745) and <c>Sunset</c>
    /// (RFC 8594). Default <see langword="true"/>.
    /// </summary>
    public bool AnnounceOldKeys { get; set; } = true;

    /// <summary>Where people read how to get a new key; sent with the announcement as a <c>Link</c> of relation <c>deprecation</c> (RFC 9745). Default none.</summary>
    public Uri? DeprecationLink { get; set; }

    /// <summary>
    /// Whether the machines of a client are told apart in the evidence, by the network they call from and the product in their <c>User-Agent</c>: a new key is then
    /// taken over by a client when each place that used the old one was seen on the new one. Default <see langword="true"/>; 32 places for each client.
    /// </summary>
    public bool TellPlacesApart { get; set; } = true;

    /// <summary>
    /// The key of the hashes that stand for places. Default <see langword="null"/>: the credential's name, so that all instances call a place alike; whoever has the
    /// evidence can then find out an address by trying all. Set a secret of 16 bytes or more, the same in all instances, where that matters.
    /// </summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Options are bound and set once.")]
    public byte[]? PlaceKey { get; set; }

    /// <summary>
    /// When requests that go on are cut because their key has ended: WebSockets, SignalR, server-sent events, gRPC streams, long answers. Until they end they hold
    /// the version, and the verdict on it says so. Default <see cref="SessionEnd.AtRevocation"/>; each cut is event 403.
    /// </summary>
    public SessionEnd CloseSessions { get; set; } = SessionEnd.AtRevocation;

    internal Dictionary<string, string> Clients { get; } = new(StringComparer.Ordinal);

    internal List<string> Mistakes { get; } = [];

    internal ApiKeyClients Lookup { get; set; } = null!;

    /// <summary>Accepts the keys of a client. A single client is found without a prefix or a header.</summary>
    /// <param name="clientId">The client: the prefix of its keys, or what the client id header says. It becomes the caller in the evidence and a claim.</param>
    /// <param name="credentialName">The credential that holds the client's keys. Default: the one named as the client.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public RotatingApiKeyOptions AddClient(string clientId, string? credentialName = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(clientId);
        credentialName ??= clientId;
        ArgumentException.ThrowIfNullOrWhiteSpace(credentialName);
        if (!Clients.TryAdd(clientId, credentialName))
        {
            Mistakes.Add($"client '{clientId}' is added twice. Keep one.");
        }

        return this;
    }
}

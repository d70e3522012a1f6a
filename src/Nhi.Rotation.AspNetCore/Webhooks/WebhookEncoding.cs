namespace Nhi.Rotation.AspNetCore;

/// <summary>How a webhook's signature is written in its header.</summary>
public enum WebhookEncoding
{
    /// <summary>Hexadecimal, read in either case and written in lower case.</summary>
    Hex,

    /// <summary>Base64 with padding (RFC 4648, section 4).</summary>
    Base64,
}

using System.Diagnostics;
using Grpc.Core;

namespace Nhi.Rotation.Grpc;

/// <summary>One version as metadata of a call, made once per version.</summary>
internal sealed class CallStamp
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    /// <exception cref="CredentialFormatException">Metadata cannot carry the value.</exception>
    public CallStamp(Credential source, string header, string prefix)
    {
        var value = source.Reveal();

        // Spaces at its ends are not kept.
        if (!IsCarried(value) || value.AsSpan().Trim(' ').Length != value.Length)
        {
            throw new CredentialFormatException(
                source.Name,
                $"the value of version '{source.VersionId}' has a line break, an outer space or a character outside ASCII, which gRPC metadata cannot carry",
                "Store the value again without it; a line break often comes from the editor or from 'echo'.");
        }

        Header = header;
        _text = prefix + value;
    }

    /// <summary>Its name, in lower case.</summary>
    public string Header { get; }

    /// <summary>Whether metadata can have it as a value: in gRPC over HTTP/2 an ASCII value is %x20-%x7E.</summary>
    public static bool IsCarried(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    public void AddTo(Metadata metadata) => metadata.Add(Header, _text);
}

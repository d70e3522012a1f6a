using System.Net.Http.Headers;

namespace Nhi.Rotation.Http;

/// <summary>A stamp in the caller's own code. Nobody knows what it changes, so address and headers are put back as a whole.</summary>
internal sealed class CustomStamp : Stamp
{
    private readonly Action<HttpRequestMessage, Credential> _stamp;

    public CustomStamp(Credential source, Action<HttpRequestMessage, Credential> stamp)
        : base(source) => _stamp = stamp;

    public override bool IsAddressKnown => false;

    public override object? Apply(HttpRequestMessage request, out bool replaced)
    {
        replaced = false;
        var before = new Before(request.RequestUri, [.. request.Headers.NonValidated]);
        try
        {
            _stamp(request, Source);
        }
        catch (Exception error) when (error is OperationCanceledException or CredentialException)
        {
            Remove(request, before);
            throw;
        }
#pragma warning disable CA1031 // A stamp may throw anything, and setting a header quotes what it refuses, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Remove(request, before);
            throw new CredentialFormatException(
                Source.Name,
                $"stamping a request with version '{Source.VersionId}' failed with {error.GetType().FullName}",
                "Check the code given to Stamp(...); the message is withheld because it may contain the value.");
        }

        return before;
    }

    public override void Remove(HttpRequestMessage request, object? before)
    {
        var (address, headers) = (Before)before!;
        request.RequestUri = address;
        request.Headers.Clear();
        foreach (var (name, values) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }

    private sealed record Before(Uri? Address, KeyValuePair<string, HeaderStringValues>[] Headers);
}

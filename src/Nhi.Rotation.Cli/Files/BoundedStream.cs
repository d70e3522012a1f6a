namespace Nhi.Rotation.Cli.Files;

/// <summary>A stream that ends with an error when more comes out of it than should: a device never ends, and a wrong file may be of any size.</summary>
/// <param name="inner">What is read; not disposed.</param>
/// <param name="maxBytes">How much may come.</param>
/// <param name="tooMuch">What is said if more comes.</param>
internal sealed class BoundedStream(Stream inner, long maxBytes, string tooMuch) : ForwardStream
{
    private long _left = maxBytes;

    /// <exception cref="IOException">There is more than there may be.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        _left -= count;
        return _left < 0 ? throw new IOException(tooMuch) : count;
    }
}

namespace Nhi.Rotation.Streams;

/// <summary>A stream that ends a hold when it is closed; one that is only read, also when it has been read to its end.</summary>
internal sealed class HeldStream(Stream inner, IDisposable hold) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => Note(inner.Read(buffer, offset, count), count);

    public override int Read(Span<byte> buffer) => Note(inner.Read(buffer), buffer.Length);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
#pragma warning disable CA1849 // It is completed.
        return !reading.IsCompletedSuccessfully ? FinishAsync(reading, buffer.Length) : new(Note(reading.Result, buffer.Length));
#pragma warning restore CA1849
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            hold.Dispose();
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The other direction of a connection may go on.
    private int Note(int read, int wanted)
    {
        if (read == 0 && wanted > 0 && !inner.CanWrite)
        {
            hold.Dispose();
        }

        return read;
    }

    private async ValueTask<int> FinishAsync(ValueTask<int> reading, int wanted) => Note(await reading.ConfigureAwait(false), wanted);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                inner.Dispose();
            }
            finally
            {
                hold.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}

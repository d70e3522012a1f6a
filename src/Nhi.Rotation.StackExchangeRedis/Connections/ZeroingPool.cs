using System.Buffers;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>The buffers of requests, among which is AUTH: zeroed when they are given back, so that no password stays in a pool for as long as the app runs.</summary>
/// <param name="inner">The pool that was there before, if any.</param>
internal sealed class ZeroingPool(MemoryPool<byte>? inner) : MemoryPool<byte>
{
#pragma warning disable CA2213 // Who made it disposes it.
    private readonly MemoryPool<byte> _inner = inner ?? Shared;
#pragma warning restore CA2213

    public override int MaxBufferSize => _inner.MaxBufferSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Owner(_inner.Rent(minBufferSize));

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Owner(IMemoryOwner<byte> inner) : IMemoryOwner<byte>
    {
#pragma warning disable CA2213 // Disposed as a local, once.
        private IMemoryOwner<byte>? _inner = inner;
#pragma warning restore CA2213

        public Memory<byte> Memory => _inner?.Memory ?? throw new ObjectDisposedException(nameof(ZeroingPool));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _inner, null) is { } owner)
            {
                owner.Memory.Span.Clear();
                owner.Dispose();
            }
        }
    }
}

using System.Net;
using Nhi.Rotation.Streams;

namespace Nhi.Rotation.Http;

/// <summary>The content of an answer that is still being received: what was asked for with a version is in use until it has been read, or is disposed.</summary>
internal sealed class HeldContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly IDisposable _hold;

    private HeldContent(HttpContent inner, Credential version)
    {
        _inner = inner;

        // Whoever forgets to dispose an answer loses its connection with it.
        _hold = version.Hold(owner: this, countsUse: false);
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Holds a version for as long as the answer's content goes on. What is short, or in memory anyway, is over in a moment and costs nothing.</summary>
    public static void Hold(HttpResponseMessage answer, Credential version)
    {
        if (AnswerLength.IsLong(answer))
        {
            answer.Content = new HeldContent(answer.Content, version);
        }
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await _inner.CopyToAsync(stream, context, cancellationToken).ConfigureAwait(false);
        _hold.Dispose();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _inner.CopyTo(stream, context, cancellationToken);
        _hold.Dispose();
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new HeldStream(_inner.ReadAsStream(cancellationToken), _hold);

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new HeldStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _hold);

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? 0;
        return _inner.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hold.Dispose();
        }

        base.Dispose(disposing);
    }
}

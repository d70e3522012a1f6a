using Amazon.Runtime;
using Amazon.Runtime.Internal.Util;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>One request on its way through a client: which version signs it, and which one next if that is refused.</summary>
internal sealed class SignedRequest(IRequestContext context)
{
    // What services call a key that they do not know, whose secret is another one, or that has expired. Query, JSON and S3 protocols name them differently.
    private static readonly HashSet<string> Rejections = new(StringComparer.Ordinal)
    {
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException",
        "ExpiredToken", "ExpiredTokenException",
    };

    private static readonly AsyncLocal<SignedRequest?> Flowing = new();

    private Presenter<ImmutableCredentials>? _presenter;
    private Presented<ImmutableCredentials> _shown;

    /// <summary>The request that the caller's flow is about.</summary>
    public static SignedRequest? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>The version that signs it, each time the same.</summary>
    public async ValueTask<Presented<ImmutableCredentials>> TakeAsync(Presenter<ImmutableCredentials> presenter)
    {
        if (_presenter is null)
        {
            _shown = await presenter.TakeAsync(context.CancellationToken).ConfigureAwait(false);
            _presenter = presenter;
        }

        return ReferenceEquals(_presenter, presenter) ? _shown : await presenter.TakeAsync(context.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether an error says that the version that signed the request was refused.</summary>
    public bool IsRefusedBy(AmazonServiceException error) => _presenter is not null && error.ErrorCode is { } code && Rejections.Contains(code);

    public void Accept() => _presenter?.Accepted(_shown);

    /// <summary>Makes ready to sign and send it again with another version.</summary>
    /// <returns>Whether there is one, and the body can be sent again.</returns>
    public async ValueTask<bool> TryOtherAsync()
    {
        if (!TryRewind())
        {
            _presenter!.Refused(_shown);
            return false;
        }

        if (await _presenter!.FindOtherAsync(_shown, ct: context.CancellationToken).ConfigureAwait(false) is not { } other)
        {
            return false;
        }

        _shown = other;
        context.IsSigned = false;
        context.Retries = 0;
        return true;
    }

    public override string ToString() => _shown.ToString();

    // All else is made anew from the caller's request object; a stream is the caller's own.
    private bool TryRewind()
    {
        if (context.Request?.ContentStream is not { } stream)
        {
            return true;
        }

        if (!context.Request.IsRequestStreamRewindable())
        {
            return false;
        }

        (stream is WrapperStream wrapper ? wrapper.GetSeekableBaseStream() : stream).Position = context.Request.OriginalStreamPosition;
        return true;
    }
}

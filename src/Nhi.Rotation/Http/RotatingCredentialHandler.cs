namespace Nhi.Rotation.Http;

/// <summary>
/// Stamps each request with the current version, and repeats it with another one while that is refused. The request carries the stamp only while it is being sent; outside it is
/// as the caller made it, so that redirects, retries and logs start from there.
/// </summary>
internal sealed class RotatingCredentialHandler : DelegatingHandler
{
    private readonly HttpCredentialBinding _binding;

    public RotatingCredentialHandler(HttpCredentialBinding binding) => _binding = binding;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_binding.FindTarget(request.RequestUri) is not { } target)
        {
            return base.SendAsync(request, cancellationToken);
        }

        var taking = target.TakeAsync(cancellationToken);
        if (!taking.IsCompletedSuccessfully || _binding.MustKeep(request.Content))
        {
            return SendPreparedAsync(taking, target, request, cancellationToken);
        }

#pragma warning disable CA1849 // Both are completed.
        var sending = Begin(request, taking.Result, isAsync: true, cancellationToken);
        if (sending.Answer.IsCompletedSuccessfully)
        {
            // A handler below answered by itself, from a cache for example: no state machine then.
            sending.End(request);
            return _binding.IsRefused(target, sending.Shown, sending.Answer.Result)
                ? RepeatAsync(sending.Answer.Result, sending.Shown, target, request, isAsync: true, cancellationToken)
                : sending.Answer;
        }
#pragma warning restore CA1849

        return FinishAsync(sending, target, request, isAsync: true, cancellationToken);
    }

    // Blocking is what the caller of a synchronous send asked for.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_binding.FindTarget(request.RequestUri) is not { } target)
        {
            return base.Send(request, cancellationToken);
        }

        if (_binding.MustKeep(request.Content))
        {
            RepeatableBody.KeepAsync(request, cancellationToken).GetAwaiter().GetResult();
        }

        var shown = target.TakeAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        var sending = Begin(request, shown, isAsync: false, cancellationToken);
        return FinishAsync(sending, target, request, isAsync: false, cancellationToken).GetAwaiter().GetResult();
    }

    private async Task<HttpResponseMessage> SendPreparedAsync(
        ValueTask<Presented<Stamp>> taking, Presenter<Stamp> target, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_binding.MustKeep(request.Content))
        {
            await RepeatableBody.KeepAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var sending = Begin(request, await taking.ConfigureAwait(false), isAsync: true, cancellationToken);
        return await FinishAsync(sending, target, request, isAsync: true, cancellationToken).ConfigureAwait(false);
    }

    private Sending Begin(HttpRequestMessage request, Presented<Stamp> shown, bool isAsync, CancellationToken cancellationToken)
    {
        var before = _binding.PutOn(request, shown.Value);
        try
        {
            return new Sending(shown, before, isAsync ? base.SendAsync(request, cancellationToken) : Task.FromResult(base.Send(request, cancellationToken)));
        }
        catch
        {
            shown.Value.Remove(request, before);
            throw;
        }
    }

    private async Task<HttpResponseMessage> FinishAsync(
        Sending sending, Presenter<Stamp> target, HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await sending.Answer.ConfigureAwait(false);
        }
        finally
        {
            sending.End(request);
        }

        return _binding.IsRefused(target, sending.Shown, response)
            ? await RepeatAsync(response, sending.Shown, target, request, isAsync, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private async Task<HttpResponseMessage> RepeatAsync(
        HttpResponseMessage refusal, Presented<Stamp> refused, Presenter<Stamp> target, HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        Presented<Stamp>? other;
        try
        {
            other = await _binding.FindOtherAsync(target, refused, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            refusal.Dispose();
            throw;
        }

        if (other is not { } next)
        {
            return refusal;
        }

        refusal.Dispose();
        return await FinishAsync(Begin(request, next, isAsync, cancellationToken), target, request, isAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request on its way.</summary>
    /// <param name="Shown">What it carries.</param>
    /// <param name="Before">What taking that off needs.</param>
    /// <param name="Answer">What is waited for.</param>
    private readonly record struct Sending(Presented<Stamp> Shown, object? Before, Task<HttpResponseMessage> Answer)
    {
        public void End(HttpRequestMessage request) => Shown.Value.Remove(request, Before);

        public override string ToString() => Shown.ToString();
    }
}

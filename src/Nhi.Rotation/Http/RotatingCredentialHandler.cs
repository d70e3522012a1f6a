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

        var taking = target.Presenter.TakeAsync(cancellationToken);
        if (!taking.IsCompletedSuccessfully || (request.Content is { } body && _binding.MustKeep(body)))
        {
            return PrepareAsync(taking, target, request, cancellationToken);
        }

#pragma warning disable CA1849 // Both are completed.
        var shown = taking.Result;
        var sending = Begin(request, shown, isAsync: true, cancellationToken);
        if (sending.Answer.IsCompletedSuccessfully)
        {
            // A handler below answered by itself, from a cache for example: no state machine then.
            sending.End(request);
            if (!_binding.IsRefused(target, shown, sending.Answer.Result))
            {
                return sending.Answer;
            }
        }
#pragma warning restore CA1849

        return FollowAsync(sending, target, request, isAsync: true, cancellationToken);
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

        var shown = target.Presenter.TakeAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        return FollowAsync(Begin(request, shown, isAsync: false, cancellationToken), target, request, isAsync: false, cancellationToken).GetAwaiter().GetResult();
    }

    private async Task<HttpResponseMessage> PrepareAsync(
        ValueTask<Presented<Stamp>> taking, HttpTarget target, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_binding.MustKeep(request.Content))
        {
            await RepeatableBody.KeepAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var sending = Begin(request, await taking.ConfigureAwait(false), isAsync: true, cancellationToken);
        return await FollowAsync(sending, target, request, isAsync: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> FollowAsync(
        Sending sending, HttpTarget target, HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        while (true)
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

            if (!_binding.IsRefused(target, sending.Shown, response) || await FindOtherAsync(response, sending.Shown, target, request, cancellationToken).ConfigureAwait(false) is not { } other)
            {
                return response;
            }

            response.Dispose();
            sending = Begin(request, other, isAsync, cancellationToken);
        }
    }

    private async ValueTask<Presented<Stamp>?> FindOtherAsync(
        HttpResponseMessage refusal, Presented<Stamp> refused, HttpTarget target, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _binding.FindOtherAsync(target, refused, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            refusal.Dispose();
            throw;
        }
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

    /// <summary>A request on its way.</summary>
    /// <param name="Shown">What it carries.</param>
    /// <param name="Before">What taking that off needs.</param>
    /// <param name="Answer">What is waited for.</param>
    private readonly record struct Sending(Presented<Stamp> Shown, object? Before, Task<HttpResponseMessage> Answer)
    {
        /// <summary>Takes the stamp off. The second time does nothing.</summary>
        public void End(HttpRequestMessage request) => Shown.Value.Remove(request, Before);

        public override string ToString() => Shown.ToString();
    }
}

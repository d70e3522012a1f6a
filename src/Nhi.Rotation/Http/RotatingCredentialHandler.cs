namespace Nhi.Rotation.Http;

/// <summary>
/// Stamps each request with the current version, and repeats it once with another one if that is rejected. The request carries the stamp only
/// while it is being sent; outside it is as the caller made it, so that redirects, retries and logs start from there.
/// </summary>
internal sealed class RotatingCredentialHandler : DelegatingHandler
{
    private readonly HttpCredentialBinding _binding;

    public RotatingCredentialHandler(HttpCredentialBinding binding) => _binding = binding;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!_binding.Covers(request.RequestUri))
        {
            return base.SendAsync(request, cancellationToken);
        }

        if (_binding.TryTakeStamp() is not { } stamp)
        {
            return SendOnceLoadedAsync(request, cancellationToken);
        }

        var before = _binding.Apply(stamp, request);
        Task<HttpResponseMessage> sending;
        try
        {
            sending = base.SendAsync(request, cancellationToken);
        }
        catch
        {
            stamp.Remove(request, before);
            throw;
        }

        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending, request, stamp, before, cancellationToken);
        }

        // A handler below answered by itself, from a cache for example: no state machine then.
        stamp.Remove(request, before);
#pragma warning disable CA1849 // It is completed.
        var response = sending.Result;
#pragma warning restore CA1849
        return _binding.Judge(stamp, response) ? ReplayAsync(response, request, stamp, cancellationToken) : sending;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!_binding.Covers(request.RequestUri))
        {
            return base.Send(request, cancellationToken);
        }

        // Blocking is what the caller of a synchronous send asked for.
        var stamp = _binding.TryTakeStamp() ?? _binding.TakeStampAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        var response = SendStamped(request, stamp, cancellationToken);
        if (!_binding.Judge(stamp, response))
        {
            return response;
        }

        Stamp? other;
        try
        {
            other = _binding.FindOtherAsync(stamp, request, cancellationToken).AsTask().GetAwaiter().GetResult();
        }
        catch
        {
            response.Dispose();
            throw;
        }

        if (other is null)
        {
            return response;
        }

        response.Dispose();
        response = SendStamped(request, other, cancellationToken);
        _binding.Judge(other, response);
        return response;
    }

    private async Task<HttpResponseMessage> SendOnceLoadedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var stamp = await _binding.TakeStampAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendStampedAsync(request, stamp, cancellationToken).ConfigureAwait(false);
        return _binding.Judge(stamp, response)
            ? await ReplayAsync(response, request, stamp, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private async Task<HttpResponseMessage> FinishAsync(
        Task<HttpResponseMessage> sending, HttpRequestMessage request, Stamp stamp, object? before, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await sending.ConfigureAwait(false);
        }
        finally
        {
            stamp.Remove(request, before);
        }

        return _binding.Judge(stamp, response)
            ? await ReplayAsync(response, request, stamp, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private async Task<HttpResponseMessage> ReplayAsync(
        HttpResponseMessage rejection, HttpRequestMessage request, Stamp rejected, CancellationToken cancellationToken)
    {
        Stamp? other;
        try
        {
            other = await _binding.FindOtherAsync(rejected, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            rejection.Dispose();
            throw;
        }

        if (other is null)
        {
            return rejection;
        }

        rejection.Dispose();
        var response = await SendStampedAsync(request, other, cancellationToken).ConfigureAwait(false);
        _binding.Judge(other, response);
        return response;
    }

    private async Task<HttpResponseMessage> SendStampedAsync(HttpRequestMessage request, Stamp stamp, CancellationToken cancellationToken)
    {
        var before = _binding.Apply(stamp, request);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            stamp.Remove(request, before);
        }
    }

    private HttpResponseMessage SendStamped(HttpRequestMessage request, Stamp stamp, CancellationToken cancellationToken)
    {
        var before = _binding.Apply(stamp, request);
        try
        {
            return base.Send(request, cancellationToken);
        }
        finally
        {
            stamp.Remove(request, before);
        }
    }
}

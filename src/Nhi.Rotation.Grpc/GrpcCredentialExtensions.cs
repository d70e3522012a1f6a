using Grpc.Core;
using Grpc.Core.Interceptors;
using Nhi.Rotation.Grpc;

namespace Nhi.Rotation;

/// <summary>gRPC calls that carry a rotating credential.</summary>
public static class GrpcCredentialExtensions
{
    /// <summary>
    /// An interceptor that puts the current version on each call, in place of metadata of the same name: one use a call. A call that ends as
    /// <c>Unauthenticated</c> is reported as a rejection, one that is answered as acceptance. A unary call that is refused, and a call with one request that is refused before the first
    /// message of its answer, is made again with another version, as <see cref="Presenter{T}"/> finds it; what the caller streams is not sent again, but the next call has another version.
    /// </summary>
    /// <param name="provider">The credential, for the consumer that makes the calls.</param>
    /// <param name="header">The metadata's name.</param>
    /// <param name="prefix">Put in front of the value, with its space.</param>
    /// <returns>
    /// Give it to <c>channel.Intercept(...)</c>. It sends over a channel without TLS too: give such a channel one for a server of your own only. There are no <c>CallCredentials</c> here,
    /// as gRPC tells them nothing of the outcome.
    /// </returns>
    /// <param name="options">How far to go to find a version that works; the defaults if omitted.</param>
    /// <exception cref="ArgumentException">Metadata cannot carry the header or the prefix.</exception>
    /// <remarks>One interceptor for each server: what a version is worth is known for each. Before the first load a call throws <see cref="CredentialUnavailableException"/>; under a host that has happened before services start.</remarks>
    public static Interceptor ToGrpcInterceptor(
        this IRotatingCredentialProvider provider, string header = "authorization", string prefix = "Bearer ", PresenterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new RotatingCredentialInterceptor(provider, NameOf(header, prefix), prefix, options ?? new PresenterOptions());
    }

    // Now rather than with each call.
    private static string NameOf(string header, string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(header);
        ArgumentNullException.ThrowIfNull(prefix);
        return CallStamp.IsCarried(prefix)
            ? new Metadata.Entry(header, prefix).Key
            : throw new ArgumentException("The prefix has a character outside visible ASCII, which gRPC metadata cannot carry.", nameof(prefix));
    }
}

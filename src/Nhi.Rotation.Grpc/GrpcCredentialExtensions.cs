using Grpc.Core;
using Grpc.Core.Interceptors;
using Nhi.Rotation.Grpc;

namespace Nhi.Rotation;

/// <summary>gRPC calls that carry a rotating credential.</summary>
public static class GrpcCredentialExtensions
{
    /// <summary>
    /// Call credentials that put the current version on each call: one use a call. gRPC sends them over TLS only. They do not learn what the server says of the
    /// credential; <see cref="ToGrpcInterceptor"/> does.
    /// </summary>
    /// <param name="provider">The credential, for the consumer that makes the calls.</param>
    /// <param name="header">The metadata's name.</param>
    /// <param name="prefix">Put in front of the value, with its space.</param>
    /// <returns>Give it to <c>ChannelCredentials.Create</c> or to <c>CallOptions</c>.</returns>
    /// <exception cref="ArgumentException">Metadata cannot carry the header or the prefix.</exception>
    public static CallCredentials ToCallCredentials(this IRotatingCredentialProvider provider, string header = "authorization", string prefix = "Bearer ")
    {
        ArgumentNullException.ThrowIfNull(provider);
        var name = NameOf(header, prefix);
        var presenter = new Presenter<CallStamp>(provider, credential => new CallStamp(credential, name, prefix));
        return CallCredentials.FromInterceptor(async (context, metadata) =>
        {
            var shown = await presenter.TakeAsync(context.CancellationToken).ConfigureAwait(false);
            shown.Value.AddTo(metadata);
        });
    }

    /// <summary>
    /// An interceptor that puts the current version on each call, in place of metadata of the same name: one use a call. A call that ends as
    /// <c>Unauthenticated</c> is reported as a rejection, one that is answered as acceptance. A unary call that is refused, and a call with one request that is refused before the first
    /// message of its answer, is made again with another version, as <see cref="Presenter{T}"/> finds it; what the caller streams is not sent again.
    /// </summary>
    /// <param name="provider">The credential, for the consumer that makes the calls.</param>
    /// <param name="header">The metadata's name.</param>
    /// <param name="prefix">Put in front of the value, with its space.</param>
    /// <returns>
    /// Give it to <c>channel.Intercept(...)</c>. Unlike call credentials it also sends over a channel without TLS: use it on channels to your own servers only.
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

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
    /// <param name="header">The metadata's name, in lower case.</param>
    /// <param name="prefix">Put in front of the value, with its space.</param>
    /// <returns>Give it to <c>ChannelCredentials.Create</c> or to <c>CallOptions</c>.</returns>
    public static CallCredentials ToCallCredentials(this IRotatingCredentialProvider provider, string header = "authorization", string prefix = "Bearer ")
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentException.ThrowIfNullOrEmpty(header);
        ArgumentNullException.ThrowIfNull(prefix);
        var stamps = provider.Derive(credential => new CallStamp(credential, header, prefix));
        return CallCredentials.FromInterceptor(async (_, metadata) =>
        {
            await provider.GetCurrentAsync().ConfigureAwait(false);
            stamps.Current.AddTo(metadata);
        });
    }

    /// <summary>
    /// An interceptor that puts the current version on each call: one use a call. When a unary call ends as <c>Unauthenticated</c>, it reports the rejection and
    /// repeats the call once with another version that is valid; with success it reports acceptance. Streaming calls are stamped, and neither reported nor repeated.
    /// </summary>
    /// <param name="provider">The credential, for the consumer that makes the calls.</param>
    /// <param name="header">The metadata's name, in lower case.</param>
    /// <param name="prefix">Put in front of the value, with its space.</param>
    /// <returns>
    /// Give it to <c>channel.Intercept(...)</c>. Unlike call credentials it also sends over a channel without TLS: use it on channels to your own servers only.
    /// </returns>
    /// <remarks>Before the first load a call throws <see cref="CredentialUnavailableException"/>; under a host that has happened before services start.</remarks>
    public static Interceptor ToGrpcInterceptor(this IRotatingCredentialProvider provider, string header = "authorization", string prefix = "Bearer ")
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentException.ThrowIfNullOrEmpty(header);
        ArgumentNullException.ThrowIfNull(prefix);
        return new RotatingCredentialInterceptor(provider, header, prefix);
    }
}

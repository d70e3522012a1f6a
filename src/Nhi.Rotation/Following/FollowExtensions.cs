using Nhi.Rotation.Following;

namespace Nhi.Rotation;

/// <summary>Keeps objects that copy a value up to date: SDK clients and their credential objects.</summary>
public static class FollowExtensions
{
    /// <summary>
    /// Gives an object the current version now and each later one when it becomes current. For objects that copy the value and live long. The version that the
    /// object has is held (<see cref="Credential.Hold()"/>) until the next one has taken its place, so a failed update stands in the evidence as residual use.
    /// </summary>
    /// <typeparam name="T">The kind of object.</typeparam>
    /// <param name="provider">The credential, for the consumer that the object belongs to.</param>
    /// <param name="target">The object. It is not kept alive: when nobody else refers to it, following ends with the next rotation.</param>
    /// <param name="update">
    /// Gives it a version; make it static, because a lambda that captures <paramref name="target"/> keeps it alive. Never called concurrently. If it fails
    /// later, the object keeps what it has, event 117 tells the error's type, and it is tried again when the set changes.
    /// </param>
    /// <returns>Dispose it to stop following and to end the hold, when the object is closed.</returns>
    /// <remarks>
    /// Blocks for the first load if that has not happened, as constructors and factories cannot wait otherwise; await
    /// <see cref="IRotatingCredentialProvider.GetCurrentAsync"/> first to avoid it. When nothing is presentable later, the object keeps what it has.
    /// </remarks>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The object could not be given the current version.</exception>
    public static IDisposable Follow<T>(this IRotatingCredentialProvider provider, T target, Action<T, Credential> update)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(update);
        return new FollowedTarget<T>(provider, target, update, FirstVersion.Wait(provider));
    }
}

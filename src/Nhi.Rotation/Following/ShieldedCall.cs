namespace Nhi.Rotation.Following;

/// <summary>Calls code that handles a value and may quote it in whatever it throws.</summary>
internal static class ShieldedCall
{
    /// <exception cref="CredentialFormatException">The code failed; of its error only the type is told.</exception>
    public static void Run<T>(Action<T, Credential> action, T target, Credential credential, string what, string fix)
    {
        try
        {
            action(target, credential);
        }
        catch (Exception error) when (error is OperationCanceledException or CredentialException)
        {
            throw;
        }
#pragma warning disable CA1031 // It may throw anything, and its message may carry the value.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new CredentialFormatException(
                credential.Name,
                $"{what} with version '{credential.VersionId}' failed with {error.GetType().FullName}",
                $"{fix} The message is withheld because it may contain the value.");
        }
    }
}

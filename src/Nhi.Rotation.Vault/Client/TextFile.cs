namespace Nhi.Rotation.Vault.Client;

/// <summary>A short file that somebody else replaces at any time.</summary>
internal static class TextFile
{
    /// <exception cref="BackendException">There is nothing in it, or it cannot be read.</exception>
    public static async ValueTask<string> ReadAsync(string credentialName, string file, string what, string fix, CancellationToken ct)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(file, ct).ConfigureAwait(false)).Trim();
            return text.Length > 0 ? text : throw new BackendException(credentialName, BackendFailure.Unavailable, $"{what} '{file}' is empty", fix);
        }
        catch (UnauthorizedAccessException)
        {
            throw new BackendException(credentialName, BackendFailure.Misconfigured, $"{what} '{file}' may not be read", "Let the app's user read it.");
        }
        catch (IOException error)
        {
            // Who replaces it, or has not written it yet, leaves a moment without it.
            throw new BackendException(credentialName, BackendFailure.Unavailable, $"{what} '{file}' cannot be read ({error.GetType().Name})", fix);
        }
    }
}

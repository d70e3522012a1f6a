namespace Nhi.Rotation.Refreshing;

/// <summary>What a refresh says when it fails.</summary>
internal static class RefreshErrors
{
    public static BackendException Unexpected(string name, Exception error) =>
        new(name, BackendFailure.InvalidContent, $"the answer could not be taken in: {error.GetType().FullName}", "Check that the backend returns no null in its listing; else report this as a defect.");

    public static BackendException Stopped(string name) =>
        new(name, BackendFailure.Unavailable, "nothing is refreshed any more because the application is stopping", "Nothing needs to be done.");

    public static BackendException BatchTooShort(string name) =>
        new(name, BackendFailure.InvalidContent, "the backend's batch has fewer results than requests", "Fix the backend: one result a request, in order.");

    /// <summary>
    /// A new one for whoever is told: a batch fails as one, but each credential's error must name that credential; a shared one would collect the stack traces of all
    /// who waited; and what a backend put into Data is not kept.
    /// </summary>
    public static BackendException For(string name, BackendException error) =>
        new(name, error.Failure, error.Cause, error.Fix) { RetryAfter = error.RetryAfter };
}

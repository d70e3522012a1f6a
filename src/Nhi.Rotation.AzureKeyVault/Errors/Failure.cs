using System.Text.Json;
using Azure;

namespace Nhi.Rotation.AzureKeyVault.Errors;

/// <summary>Every failure as a <see cref="BackendException"/> that names the cause and the fix, without a word of the response's body.</summary>
internal static class Failure
{
    /// <summary>What to throw instead of an exception: the failure behind it, or the cancellation; <see langword="null"/> for what is unknown, which the engine handles.</summary>
    public static Exception? Translate(Exception error, BackendRequest request, Uri vault, TimeProvider time, CancellationToken ct)
    {
        // A client with retries of its own collects what each of them met; the last one is what stands.
        if (error is AggregateException { InnerExceptions: [.., var last] })
        {
            error = last;
        }

        return error switch
        {
            _ when ct.IsCancellationRequested => new OperationCanceledException(ct),
            BackendException failure => failure,
            RequestFailedException { Status: 0 } => NetworkFailure.Describe(error, request, vault.Host),
            RequestFailedException failed => ResponseFailure.Describe(failed, request, vault.Host, time),
            OperationCanceledException => new BackendException(
                request.CredentialName, BackendFailure.Unavailable, $"vault {vault.Host} did not answer within the client's network timeout", "Check the network path to the vault."),
            _ when TokenFailure.Describe(error, request) is { } failure => failure,
            InvalidOperationException when IsForeignChallenge(error) => new BackendException(
                request.CredentialName, BackendFailure.Misconfigured, $"{vault.Host} asks for a token of another service than its name says", "Check the vault's address; it ends in .vault.azure.net in the public cloud."),
            JsonException or InvalidOperationException or FormatException or KeyNotFoundException => NotKeyVault(request, vault),
            IOException or HttpRequestException => NetworkFailure.Describe(error, request, vault.Host),
            _ => null,
        };
    }

    public static BackendException NotKeyVault(BackendRequest request, Uri vault) => new(
        request.CredentialName, BackendFailure.InvalidContent, $"the answer of {vault.Host} is not what Key Vault answers", "Check the vault's address, and that no proxy answers in its place.");

    public static BackendException NotFound(BackendRequest request, Uri vault) => new(
        request.CredentialName, BackendFailure.NotFound, $"vault {vault.Host} has no secret '{request.Key}', or it was deleted", $"Check the names; a deleted secret comes back with 'az keyvault secret recover --name {request.Key}'.");

    public static BackendException NothingUsable(BackendRequest request, int versions) => new(
        request.CredentialName, BackendFailure.NotFound, $"none of the {versions} versions of secret '{request.Key}' is enabled and unexpired", "Enable a version, or set a new one.");

    public static BackendException NotReadableYet(BackendRequest request, int versions) => new(
        request.CredentialName, BackendFailure.Unavailable, $"the vault lists {versions} versions of secret '{request.Key}' and can read none of them yet", "Nothing needs to be done if the secret was just set; else check that it exists.");

    public static BackendException TooManyVersions(BackendRequest request, int versions) => new(
        request.CredentialName, BackendFailure.InvalidContent, $"secret '{request.Key}' has more than {versions} versions", "Continue under a new secret's name: a single version cannot be deleted.");

    // The only exception of the client that says so has no type of its own; its text is fixed and is not shown.
    private static bool IsForeignChallenge(Exception error) => error.Message.Contains("DisableChallengeResourceVerification", StringComparison.Ordinal);
}

using System.Globalization;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement.Model;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>Gives one version the label that revokes it.</summary>
/// <param name="parameter">The parameter.</param>
/// <param name="names">What the labels are called.</param>
internal sealed class RevokingLabel(ParameterReading parameter, LabelNames names)
{
    /// <exception cref="BackendException">The version may have no such label.</exception>
    public async Task SetAsync(string versionId, CancellationToken ct)
    {
        // The date in the id is compared: a parameter that was deleted and made again has another version under this number.
        var history = await AskAsync(ParameterCall.HistoryAction, () => parameter.AskHistoryAsync(ct), ct).ConfigureAwait(false);
        if (history?.Find(entry => StagedVersion.IdOf(entry) == versionId) is not { Version: { } number } version || StagedVersion.RevokedBy(version, names) is not null)
        {
            return;
        }

        var label = string.Create(CultureInfo.InvariantCulture, $"{names.RevokedPrefix}-{number}");
        var request = new LabelParameterVersionRequest { Name = parameter.Call.Address.Name, ParameterVersion = number, Labels = [label] };
        var answer = await AskAsync(ParameterCall.LabelAction, () => parameter.Client.LabelParameterVersionAsync(request, ct), ct).ConfigureAwait(false);
        if (answer?.InvalidLabels is { Count: > 0 })
        {
            throw parameter.Call.Aws.Error(
                BackendFailure.Misconfigured, $"{parameter.Call.Where} does not take the label '{label}' for {parameter.Call.Aws.Subject}", "Set a shorter RevokedLabelPrefix: a label has at most 100 characters.");
        }
    }

    // Nothing, if the service does not know the parameter or the version: what is wanted is so.
    private async Task<T?> AskAsync<T>(string action, Func<Task<T>> ask, CancellationToken ct)
        where T : class
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (AmazonServiceException gone) when (gone.ErrorCode is "ParameterNotFound" or "ParameterNotFoundException" or "ParameterVersionNotFound" or "ParameterVersionNotFoundException")
        {
            return null;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            throw parameter.Call.Map(error, action);
        }
    }
}

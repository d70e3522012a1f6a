using System.Globalization;
using System.Text.Json;
using Amazon.SimpleSystemsManagement.Model;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>The date at which a policy of an advanced parameter lets it expire: Parameter Store then deletes it.</summary>
internal static class ExpirationPolicy
{
    /// <exception cref="BackendException">There is such a policy, and its date cannot be read.</exception>
    public static DateTimeOffset? Find(ParameterCall call, StagedVersion version)
    {
        if (version.Entry.Policies?.Find(static policy => policy.PolicyType == "Expiration") is not { } policy)
        {
            return null;
        }

        return Read(policy) ?? throw call.Invalid($"the expiration policy of version '{version.Id}' has no date that can be read", "Put the parameter again with an Expiration policy whose Timestamp is a date in ISO 8601.");
    }

    private static DateTimeOffset? Read(ParameterInlinePolicy policy)
    {
        try
        {
            using var document = JsonDocument.Parse(policy.PolicyText ?? string.Empty);
            return document.RootElement.GetProperty("Attributes").GetProperty("Timestamp").GetString() is { } text
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}

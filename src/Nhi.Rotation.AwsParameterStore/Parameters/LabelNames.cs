namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>What the labels that matter are called.</summary>
internal sealed record LabelNames(string Current, string Previous, string Pending, string RevokedPrefix)
{
    public static LabelNames Default { get; } = new("current", "previous", "pending", "revoked");

    /// <summary>What is wrong with them and the fix, or <see langword="null"/>.</summary>
    public string? FindMistake()
    {
        string[] labels = [Current, Previous, Pending, RevokedPrefix];
        return Array.Find(labels, label => !CanBe(label)) is { } wrong
                ? $"'{wrong}' cannot be a label of Parameter Store. Use letters, digits and ._- , at most 100, and begin neither with a digit nor with aws or ssm."
            : labels.Distinct(StringComparer.Ordinal).Count() < labels.Length ? "two of the labels are the same. Give each stage a label of its own."
            : labels.Take(3).FirstOrDefault(label => label.StartsWith(RevokedPrefix, StringComparison.Ordinal)) is { } revoked
                ? $"label '{revoked}' begins with RevokedLabelPrefix '{RevokedPrefix}', so its version would be revoked. Change one of them."
            : null;
    }

    // The rules of LabelParameterVersion in the API reference.
    private static bool CanBe(string? label) =>
        label is { Length: > 0 and <= 100 }
        && label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && !char.IsAsciiDigit(label[0])
        && !label.StartsWith("aws", StringComparison.OrdinalIgnoreCase)
        && !label.StartsWith("ssm", StringComparison.OrdinalIgnoreCase);
}

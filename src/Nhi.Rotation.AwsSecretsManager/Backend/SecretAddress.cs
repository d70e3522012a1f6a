using Amazon;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Where a value is: a secret's name or ARN, and optionally a field of the JSON in it.</summary>
internal readonly record struct SecretAddress(string SecretId, string? JsonField)
{
    // No name and no ARN of a secret has this character, so it can part id and field within a backend's key.
    private const char FieldMark = '#';

    /// <summary>The region that the id itself names, if it is an ARN.</summary>
    public string? Region => Arn.TryParse(SecretId, out var arn) && arn.Region is { Length: > 0 } region ? region : null;

    public static SecretAddress Parse(string key)
    {
        var mark = key.IndexOf(FieldMark, StringComparison.Ordinal);
        return mark < 0 ? new SecretAddress(key, null) : new SecretAddress(key[..mark], key[(mark + 1)..]);
    }

    public string ToKey() => JsonField is null ? SecretId : $"{SecretId}{FieldMark}{JsonField}";

    /// <summary>What is wrong with it and the fix, or <see langword="null"/>.</summary>
    public string? FindMistake()
    {
        if (SecretId.Length == 0)
        {
            return "SecretId is empty. Set it to the secret's name or ARN.";
        }

        if (!SecretId.All(IsAllowed))
        {
            return $"SecretId '{SecretId}' is neither a name nor an ARN. Use letters, digits and /_+=.@-, or copy the secret's ARN.";
        }

        if (SecretId.StartsWith("arn:", StringComparison.Ordinal) && !(Arn.TryParse(SecretId, out var arn) && arn is { Service: "secretsmanager", Region.Length: > 0 }))
        {
            return $"SecretId '{SecretId}' is not an ARN of a secret. It must look like arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME.";
        }

        return JsonField is "" ? "JsonField is empty. Name a field, or leave it unset." : null;
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || "/_+=.@-:".Contains(c, StringComparison.Ordinal);
}

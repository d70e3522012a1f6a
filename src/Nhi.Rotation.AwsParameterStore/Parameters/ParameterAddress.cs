using Amazon;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>Where a value is: a parameter's name or ARN, and optionally a field of the JSON in it.</summary>
internal readonly record struct ParameterAddress(string Name, string? JsonField)
{
    private const string ResourcePrefix = "parameter/";

    // No name and no ARN of a parameter has this character, so it can part name and field within a backend's key.
    private const char FieldMark = '#';

    /// <summary>The region that the name itself gives, if it is an ARN.</summary>
    public string? Region => Arn.TryParse(Name, out var arn) && arn.Region is { Length: > 0 } region ? region : null;

    public static ParameterAddress Parse(string key)
    {
        var mark = key.IndexOf(FieldMark, StringComparison.Ordinal);
        return mark < 0 ? new ParameterAddress(key, null) : new ParameterAddress(key[..mark], key[(mark + 1)..]);
    }

    public string ToKey() => JsonField is null ? Name : $"{Name}{FieldMark}{JsonField}";

    /// <summary>Whether an event's parameter is this one: each may be an ARN or a name, and an ARN has no slash of its own before a name that begins with one.</summary>
    public bool IsSame(string found)
    {
        var (ours, theirs) = (Split(Name), Split(found));
        return ours.Path == theirs.Path && (ours.Where is null || theirs.Where is null || ours.Where == theirs.Where);
    }

    /// <summary>What is wrong with it and the fix, or <see langword="null"/>.</summary>
    public string? FindMistake()
    {
        const string Fix = "Use letters, digits and /._- , begin with a slash if there is one in it, or copy the parameter's ARN.";
        if (Name.Length == 0)
        {
            return "Name is empty. Set it to the parameter's name or ARN.";
        }

        if (Name.StartsWith("arn:", StringComparison.Ordinal))
        {
            if (!(Arn.TryParse(Name, out var arn) && arn is { Service: "ssm", Region.Length: > 0 } && arn.Resource.StartsWith(ResourcePrefix, StringComparison.Ordinal) && IsPath(arn.Resource[ResourcePrefix.Length..])))
            {
                return $"Name '{Name}' is not an ARN of a parameter. It must look like arn:aws:ssm:REGION:ACCOUNT:parameter/NAME.";
            }
        }
        else if (!IsPath(Name) || (Name.Contains('/', StringComparison.Ordinal) && Name[0] != '/'))
        {
            return $"Name '{Name}' is neither a name nor an ARN of a parameter, or it has a version or label. {Fix}";
        }

        return Name.StartsWith("/aws/reference/", StringComparison.OrdinalIgnoreCase) ? $"Name '{Name}' refers to another service and has no history. Take FromAwsSecretsManager for a secret."
            : JsonField is "" ? "JsonField is empty. Name a field, or leave it unset."
            : null;
    }

    private static bool IsPath(string path) => path.Length > 0 && path.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c, StringComparison.Ordinal));

    private static (string? Where, string Path) Split(string name) =>
        Arn.TryParse(name, out var arn) && arn.Resource.StartsWith(ResourcePrefix, StringComparison.Ordinal)
            ? ($"{arn.Region}/{arn.AccountId}", arn.Resource[ResourcePrefix.Length..].TrimStart('/'))
            : (null, name.TrimStart('/'));
}

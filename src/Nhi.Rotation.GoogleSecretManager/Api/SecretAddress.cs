namespace Nhi.Rotation.GoogleSecretManager.Api;

/// <summary>Where a value is: a secret's resource name, and optionally a field of the JSON in it.</summary>
internal readonly record struct SecretAddress(string Name, string? JsonField)
{
    // No resource name has this character, so it can part name and field within a backend's key.
    private const char FieldMark = '#';

    /// <summary>The region of a regional secret.</summary>
    public string? Location => Name.Split('/') is ["projects", _, "locations", var location, ..] ? location : null;

    public static SecretAddress Parse(string key)
    {
        var mark = key.IndexOf(FieldMark, StringComparison.Ordinal);
        return mark < 0 ? new SecretAddress(key, null) : new SecretAddress(key[..mark], key[(mark + 1)..]);
    }

    public string ToKey() => JsonField is null ? Name : $"{Name}{FieldMark}{JsonField}";

    /// <summary>Whether an event's secret is this one. Events give the project's number, so a number and an id are not told apart.</summary>
    public bool IsSame(string found)
    {
        var (ours, theirs) = (Name.Split('/'), found.Split('/'));
        return theirs.Length == ours.Length
            && ours.AsSpan(2).SequenceEqual(theirs.AsSpan(2))
            && (ours[1] == theirs[1] || IsNumber(ours[1]) != IsNumber(theirs[1]));
    }

    /// <summary>What is wrong with it and the fix, or <see langword="null"/>.</summary>
    public string? FindMistake() =>
        Name.Split('/') is not (["projects", _, "secrets", _] or ["projects", _, "locations", _, "secrets", _]) || !Name.Split('/').All(IsPart)
            ? $"'{Name}' is not the resource name of a secret. It must look like projects/PROJECT/secrets/NAME or projects/PROJECT/locations/REGION/secrets/NAME, without a version."
        : JsonField is "" ? "JsonField is empty. Name a field, or leave it unset."
        : null;

    private static bool IsPart(string part) => part.Length is > 0 and <= 255 && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':') && part is not ("." or "..");

    private static bool IsNumber(string project) => project.All(char.IsAsciiDigit);
}

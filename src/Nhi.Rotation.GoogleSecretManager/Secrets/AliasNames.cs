namespace Nhi.Rotation.GoogleSecretManager.Secrets;

/// <summary>What the aliases that matter are called.</summary>
internal sealed record AliasNames(string Current, string Previous, string Pending)
{
    public static AliasNames Default { get; } = new("current", "previous", "pending");

    /// <summary>What is wrong with them and the fix, or <see langword="null"/>.</summary>
    public string? FindMistake()
    {
        string[] aliases = [Current, Previous, Pending];
        return Array.Find(aliases, alias => !CanBe(alias)) is { } wrong
                ? $"'{wrong}' cannot be an alias of Secret Manager. Use letters, digits, - and _, at most 63, begin with a letter, and take neither latest nor NEW."
            : aliases.Distinct(StringComparer.Ordinal).Count() < aliases.Length ? "two of the aliases are the same. Give each stage an alias of its own."
            : null;
    }

    // The rules of version_aliases in the API's definition.
    private static bool CanBe(string? alias) =>
        alias is { Length: > 0 and <= 63 } and not ("latest" or "NEW") && char.IsAsciiLetter(alias[0]) && alias.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

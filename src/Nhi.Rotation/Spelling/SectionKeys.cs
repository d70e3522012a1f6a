using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.Spelling;

/// <summary>
/// The keys that a section of configuration may have, and how each is read. The configuration binder takes what it can convert for granted and explains the rest
/// in its own words; here a mistake names the key, what was written, and what is right.
/// </summary>
/// <typeparam name="T">The options that the section sets.</typeparam>
internal sealed class SectionKeys<T>
{
    // Null if it was read.
    private readonly Dictionary<string, Func<string, T, string?>> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys, as they are written.</summary>
    public IReadOnlyCollection<string> Names => _keys.Keys;

    public SectionKeys<T> Text(string name, Action<T, string> set) => Add(name, (text, options) =>
    {
        set(options, text);
        return null;
    });

    public SectionKeys<T> Time(string name, Action<T, TimeSpan> set) => Add<TimeSpan>(name, Duration.TryParse, Duration.Form, set);

    public SectionKeys<T> Whole(string name, Action<T, int> set) => Add<int>(
        name, static (string text, out int number) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number), "a whole number", set);

    public SectionKeys<T> Number(string name, Action<T, double> set) => Add<double>(
        name,
        static (string text, out double number) => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number),
        "a number, such as 0.1",
        set);

    public SectionKeys<T> Flag(string name, Action<T, bool> set) => Add<bool>(name, bool.TryParse, "true or false", set);

    public SectionKeys<T> OneOf<TEnum>(string name, Action<T, TEnum> set)
        where TEnum : struct, Enum => Add<TEnum>(
            name,
            static (string text, out TEnum one) => Enum.TryParse(text, ignoreCase: true, out one) && Enum.GetNames<TEnum>().Contains(text, StringComparer.OrdinalIgnoreCase),
            $"one of {string.Join(", ", Enum.GetNames<TEnum>())}",
            set);

    /// <summary>A key that holds a secret, which no message quotes.</summary>
    /// <param name="name">The key.</param>
    /// <param name="form">What it should be, after "is not".</param>
    /// <param name="trySet">Sets the option; <see langword="false"/> if the text has another form.</param>
    public SectionKeys<T> Secret(string name, string form, Func<T, string, bool> trySet) => Add(name, (text, options) => trySet(options, text) ? null : $"is not {form}");

    /// <summary>Sets the options that a section names.</summary>
    /// <param name="section">The section.</param>
    /// <param name="options">The options.</param>
    /// <returns>What is wrong, as sentences.</returns>
    public List<string> Read(IConfigurationSection section, T options)
    {
        var mistakes = new List<string>();
        foreach (var child in section.GetChildren())
        {
            if (_keys.TryGetValue(child.Key, out var read) && Read(child, read, options) is { } mistake)
            {
                mistakes.Add($"{child.Path} {mistake}.");
            }
        }

        return mistakes;
    }

    // Null and empty leave the default, as in JSON and in a variable of the environment; a chained configuration passes on neither.
    private static string? Read(IConfigurationSection child, Func<string, T, string?> read, T options) =>
        child.GetChildren().Any() ? "is a section or a list. Write one value"
        : child.Value is { Length: > 0 } text ? read(text, options)
        : null;

    private SectionKeys<T> Add<TValue>(string name, TryRead<TValue> tryRead, string form, Action<T, TValue> set) => Add(name, (text, options) =>
    {
        if (!tryRead(text, out var value))
        {
            return $"is '{text}'. Write {form}";
        }

        set(options, value);
        return null;
    });

    private SectionKeys<T> Add(string name, Func<string, T, string?> read)
    {
        _keys.Add(name, read);
        return this;
    }

    private delegate bool TryRead<TValue>(string text, out TValue value);
}

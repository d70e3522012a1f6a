using System.Globalization;
using System.Text.Json;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>What is read of an event's data. Names are compared without regard to case: the service writes <c>Id</c> and <c>EXP</c>, its documentation also <c>id</c>.</summary>
internal static class EventData
{
    public static string? Text(JsonElement? data, string name)
    {
        try
        {
            return Member(data, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    /// <summary>When the version expires, if that is told: in seconds since 1970, as a number or as text.</summary>
    public static DateTimeOffset? Expiry(JsonElement? data)
    {
        var isKnown = Member(data, "exp") is { ValueKind: JsonValueKind.Number } number
            ? number.TryGetInt64(out var seconds)
            : long.TryParse(Text(data, "exp"), NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
        return isKnown && seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    private static JsonElement? Member(JsonElement? data, string name)
    {
        if (data is not { ValueKind: JsonValueKind.Object } found)
        {
            return null;
        }

        foreach (var member in found.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }
}

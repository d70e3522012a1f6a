namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>Made-up API keys of 40 characters.</summary>
internal static class Keys
{
    public const string Current = "sk_live_current_5rVbQ0mXcT8yLw2NfJhE7aKd";
    public const string Previous = "sk_live_previous_Zt4uPqRs9GxDkWm1BnCvYe6";
    public const string Retired = "sk_live_retired_Hb3oKiJu7FyTgRdEwSqAzXpL";
    public const string UnknownSameLength = "sk_live_unknown_M0nBvCxZlKjHgFdSaPoIuYtR";
    public const string UnknownOtherLength = "sk_live_unknown_M0nBvCxZlKjHg";

    private static readonly DateTimeOffset FirstDay = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Version <paramref name="number"/>, created a day after the one before.</summary>
    public static BackendVersion Version(int number, string value, bool isEnabled = true) =>
        new($"v{number}", SecretValue.FromText(value)) { CreatedOn = FirstDay.AddDays(number), IsEnabled = isEnabled };
}

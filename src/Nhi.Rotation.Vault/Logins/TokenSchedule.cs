namespace Nhi.Rotation.Vault.Logins;

/// <summary>When a token of our own is renewed. Pure.</summary>
internal static class TokenSchedule
{
    private const double Turn = 2.0 / 3;

    public static bool IsDue(DateTimeOffset grantedOn, DateTimeOffset? endsOn, DateTimeOffset now) => endsOn is { } end && now >= grantedOn + ((end - grantedOn) * Turn);

    /// <summary>Whether a renewal gave so much less than the login did that the maximum life comes near.</summary>
    public static bool IsLast(TimeSpan granted, TimeSpan wanted) => granted < wanted * Turn;
}

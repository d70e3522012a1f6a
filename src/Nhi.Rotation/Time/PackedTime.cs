namespace Nhi.Rotation.Time;

/// <summary>An optional time in 8 bytes instead of 16 or 24. A process may hold very many versions.</summary>
internal readonly record struct PackedTime
{
    // Ticks with the sign bit turned, so that the default is none: it would mean TimeSpan.MinValue.
    private readonly long _turned;

    private PackedTime(long? ticks) => _turned = (ticks ?? long.MinValue) ^ long.MinValue;

    /// <summary>A wall-clock moment, in UTC.</summary>
    public DateTimeOffset? Utc => _turned == 0 ? null : new DateTimeOffset(_turned ^ long.MinValue, TimeSpan.Zero);

    /// <summary>A span.</summary>
    public TimeSpan? Span => _turned == 0 ? null : new TimeSpan(_turned ^ long.MinValue);

    public static PackedTime Of(DateTimeOffset? moment) => new(moment?.UtcTicks);

    public static PackedTime Of(TimeSpan? span) => new(span?.Ticks);

    /// <summary>As a span, which every content is.</summary>
    public override string ToString() => $"{Span}";
}

using CsCheck;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Tests.Spelling;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("500ms", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("1.5h", 5_400)]
    [InlineData("30m", 1_800)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    [InlineData("3650d", 315_360_000)]
    [InlineData("00:00:00", 0)]
    [InlineData("1:00:00", 3_600)]
    [InlineData("23:59:59", 86_399)]
    [InlineData("1.00:00:00", 86_400)]
    [InlineData("00:00:00.025", 0.025)]
    [InlineData("3650.00:00:00", 315_360_000)]
    public void A_duration_is_a_number_with_a_unit_or_a_clock(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 9);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 day")]
    [InlineData("1 d")]
    [InlineData(" 1d")]
    [InlineData("1d\n")]
    [InlineData("1")]
    [InlineData("30")]
    [InlineData("24:00:00")]
    [InlineData("01:30")]
    [InlineData("00:60:00")]
    [InlineData("-1h")]
    [InlineData("-01:00:00")]
    [InlineData("+1h")]
    [InlineData("1,5h")]
    [InlineData(".5h")]
    [InlineData("1.h")]
    [InlineData("1H")]
    [InlineData("1M")]
    [InlineData("1h30m")]
    [InlineData("P1D")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData("٣d")]
    [InlineData("3650.00:00:01")]
    [InlineData("3650.1d")]
    [InlineData("999999999999999d")]
    [InlineData("9999999999999999d")]
    [InlineData("10675199.02:48:05.4775807")]
    [InlineData("99999999.00:00:00")]
    public void Anything_else_is_none_so_that_nothing_is_guessed(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void What_an_error_shows_can_be_written()
    {
        var shown = Duration.Form.Split([" ", ","], StringSplitOptions.RemoveEmptyEntries).Where(word => char.IsAsciiDigit(word[0]) && word != "3650").ToList();

        Assert.Equal(6, shown.Count);
        Assert.All(shown, text => Assert.True(Duration.TryParse(text, out _), text));
    }

    [Fact]
    public void What_dotnet_writes_of_a_time_is_read_as_the_same()
    {
        Gen.Long[0, Duration.Longest.Ticks].Sample(ticks =>
        {
            Assert.True(Duration.TryParse(TimeSpan.FromTicks(ticks).ToString(), out var duration));
            Assert.Equal(ticks, duration.Ticks);
        });
    }

    [Fact]
    public void No_text_makes_it_throw() => Gen.String[Gen.Char["0123456789.:-smhd e"], 0, 24].Sample(text =>
    {
        Assert.True(!Duration.TryParse(text, out var duration) || (duration >= TimeSpan.Zero && duration <= Duration.Longest));
    }, iter: 100_000);
}

using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Tests.Lifecycle;

public sealed class DoublingTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(3, 60)]
    [InlineData(int.MaxValue, 60)]
    public void A_wait_doubles_up_to_the_longest(int before, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Doubling.Wait(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), before));
    }

    [Fact]
    public void A_wait_of_years_does_not_wrap_around()
    {
        Assert.Equal(TimeSpan.FromDays(3650), Doubling.Wait(TimeSpan.FromDays(3000), TimeSpan.FromDays(3650), 40));
    }
}

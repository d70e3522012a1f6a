using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>Where the Workload API is: the endpoint's standard, section 4.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("unix:///run/spire/sockets/agent.sock", "/run/spire/sockets/agent.sock")]
    [InlineData("unix:/run/agent.sock", "/run/agent.sock")]
    [InlineData("tcp://127.0.0.1:8081", null)]
    [InlineData("tcp://[::1]:8081", null)]
    public void These_are_addresses(string text, string? path)
    {
        var address = WorkloadAddress.Read(text, out var mistake);

        Assert.Equal(string.Empty, mistake);
        Assert.Equal(path, address!.SocketPath);
    }

    [Theory]
    [InlineData("/run/spire/sockets/agent.sock")]
    [InlineData("unix://run/agent.sock")]
    [InlineData("unix://")]
    [InlineData("unix:///run/agent.sock?x=1")]
    [InlineData("unix:///run/agent.sock#x")]
    [InlineData("tcp://localhost:8081")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://127.0.0.1:8081/")]
    [InlineData("tcp://127.0.0.1:8081/foo")]
    [InlineData("tcp://me@127.0.0.1:8081")]
    [InlineData("https://127.0.0.1:8081")]
    [InlineData("unix:///run/spire/a-path-that-is-longer-than-the-address-of-a-socket-can-be-on-any-system-that-this-library-runs-on/agent.sock")]
    public void These_are_none_and_the_error_says_what_to_write(string text)
    {
        Assert.Null(WorkloadAddress.Read(text, out var mistake));
        Assert.Contains("unix:///absolute/path, or tcp://IP:PORT", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_and_an_address_that_is_missing_are_told_together()
    {
        using var services = new ServiceCollection().AddSpiffe(options =>
        {
            options.EndpointSocket = " ";
            options.MinBackoff = TimeSpan.Zero;
            options.MaxBackoff = TimeSpan.FromHours(2);
        }).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<SpiffeOptions>>().Value);

        Assert.Contains("SPIFFE_ENDPOINT_SOCKET", error.Message, StringComparison.Ordinal);
        Assert.Contains("MinBackoff", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxBackoff", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_served_over_tcp_too()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent, configure: options => options.EndpointSocket = agent.TcpEndpoint).LoadAsync();

        Assert.Equal("spiffe://example.org/billing", workload.Id?.ToString());
    }
}

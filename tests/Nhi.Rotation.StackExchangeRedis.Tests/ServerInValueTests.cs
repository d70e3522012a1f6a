using Nhi.Rotation.StackExchangeRedis.Connections;
using Nhi.Rotation.Testing;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>A value that is more than a login: what it says of the server is compared, or ignored when that is asked for.</summary>
public sealed class ServerInValueTests
{
    private const string Configured = "cache:6380,replica:6381,defaultDatabase=1";

    [Theory]
    [InlineData("p@ss", null)]
    [InlineData("a,b", null, "a,b")]
    [InlineData("""{"username":"app","password":"p@ss","host":"CACHE","port":6380}""", "app")]
    [InlineData("redis://app:p%40ss@cache:6380/1", "app")]
    [InlineData("rediss://:p%40ss@replica", null)]
    [InlineData("redis://app:p%40ss@cache:6380,replica:6381/1", "app")]
    [InlineData("cache:6380,password=p@ss,ssl=True,abortConnect=False", null)]
    [InlineData("cache,replica:6381,user=app,password=p@ss,defaultDatabase=1", "app")]
    public void A_value_that_names_a_configured_server_is_a_login(string value, string? user, string password = "p@ss")
    {
        var login = Read(value);

        Assert.Equal((user, password), (login.Username, login.Password));
    }

    [Theory]
    [InlineData("redis://app:c4nary@other:6380/1", "server")]
    [InlineData("redis://app:c4nary@cache:6379/1", "server")]
    [InlineData("redis://app:c4nary@cache:6380,other:6381/1", "server")]
    [InlineData("redis://app:c4nary@cache:6380/2", "database")]
    [InlineData("other:6380,password=c4nary", "server")]
    [InlineData("cache:6380,password=c4nary,defaultDatabase=2", "database")]
    [InlineData("""{"username":"app","password":"c4nary","host":"other"}""", "server")]
    public void A_value_that_names_another_is_refused_unless_that_is_to_be_ignored(string value, string what)
    {
        var error = Assert.Throws<CredentialFormatException>(() => Read(value));

        Assert.Contains($"names another {what} than the Redis configuration", error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("other", error.Cause.Replace("another", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("c4nary", Read(value, mustMatch: false).Password);
    }

    [Fact]
    public void A_multiplexer_keeps_its_servers()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ConfigurationOptions.Parse(Configured)
            .UseRotatingCredential(new FakeCredentialProvider("cache", "p"), static options => options.ServerInValue = ServerInValue.Use));

        Assert.Contains("'cache'", error.Message, StringComparison.Ordinal);
        Assert.Contains("MustMatch or Ignore", error.Message, StringComparison.Ordinal);
    }

    private static RedisLogin Read(string value, bool mustMatch = true) =>
        new RedisTerms(LoginForm.Any, mustMatch, ConfigurationOptions.Parse(Configured)).Read(new Credential("cache", "v1", SecretValue.FromText(value)));
}

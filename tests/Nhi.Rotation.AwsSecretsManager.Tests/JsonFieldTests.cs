using System.Text;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

public sealed class JsonFieldTests
{
    private const string Rds = """{"engine":"postgres","host":"db.example","username":"app","password":"p\u00e4ss \"word\"","port":5432}""";

    [Fact]
    public async Task Without_a_field_the_JSON_of_a_database_secret_is_the_value()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "db", SecretString = Rds });

        Assert.Equal(Rds, (await aws.ListAsync("db")).Only(VersionLabel.Current).Text());
    }

    [Fact]
    public async Task With_a_field_its_string_is_the_value_in_every_version()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "db", SecretString = """{"password":"old"}""" });
        aws.Server.Do("PutSecretValue", new { SecretId = "db", SecretString = Rds });

        Assert.Equal("Previous=old, Current=päss \"word\"", (await aws.ListAsync("db#password")).Summary());
    }

    [Fact]
    public async Task A_field_of_JSON_that_was_stored_as_binary_is_read_too()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "db", SecretBinary = Convert.ToBase64String(Encoding.UTF8.GetBytes(Rds)) });

        Assert.Equal("app", (await aws.ListAsync("db#username")).Only(VersionLabel.Current).Text());
    }

    [Theory]
    [InlineData("CANARY-a81f0c55-never-shown", "of secret 'db' is not valid JSON at line 1, byte 1")]
    [InlineData("""{"other":"CANARY-a81f0c55-never-shown"}""", "of secret 'db' has no field 'password'")]
    [InlineData("""{"password":"CANARY-a81f0c55-never-shown\u0000"}""", "the field 'password' of version '")]
    public async Task Content_without_the_field_is_an_error_that_does_not_quote_it(string content, string cause)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "db", SecretString = content });

        var error = await Assert.ThrowsAsync<BackendException>(async () => await aws.ListAsync("db#password"));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_previous_version_without_the_field_does_not_take_the_current_one_down()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "db", SecretString = "not yet JSON" });
        aws.Server.Do("PutSecretValue", new { SecretId = "db", SecretString = Rds });

        Assert.Equal("Previous=?, Current=app", (await aws.ListAsync("db#username")).Summary());
    }
}

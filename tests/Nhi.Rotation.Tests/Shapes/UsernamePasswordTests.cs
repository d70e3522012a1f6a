using System.Text.Json;

namespace Nhi.Rotation.Tests.Shapes;

public sealed class UsernamePasswordTests
{
    [Theory]
    [InlineData("""{"username":"app_a","password":"p:1"}""", "app_a", "p:1")]
    [InlineData("""  {"engine":"postgres","host":"db","port":5432,"dbname":"orders","username":"app_b","password":"ü\"\u00e9"}""", "app_b", "ü\"é")]
    [InlineData("plain", null, "plain")]
    [InlineData("user:with-colon", null, "user:with-colon")]
    [InlineData("\"quoted\"", null, "\"quoted\"")]
    [InlineData(" kept as it is ", null, " kept as it is ")]
    public void A_value_is_a_json_object_or_a_password_alone(string value, string? username, string password)
    {
        var parsed = UsernamePassword.Parse(Credential(value));

        Assert.Equal((username, password), (parsed.Username, parsed.Password));
    }

    [Theory]
    [InlineData("""{"password":"c4nary"}""", "'username'")]
    [InlineData("""{"username":"app"}""", "'password'")]
    [InlineData("""{"username":"","password":"c4nary"}""", "'username'")]
    [InlineData("""{"username":"app","password":""}""", "'password'")]
    [InlineData("""{"username":"app","password":17}""", "'password'")]
    [InlineData("""{"username":"app","password":null}""", "'password'")]
    [InlineData("""{"username":"app","password":"c4nary\ud800"}""", "'password'")]
    [InlineData("""{"Username":"app","password":"c4nary"}""", "'username'")]
    [InlineData("""{"username":"app","password":"c4nary","password":"other"}""", "twice")]
    [InlineData("""{"username":"app","password":"c4nary" /* why */}""", "JSON")]
    [InlineData("""{"username":"app","password":"c4nary",}""", "JSON")]
    public void An_error_names_the_credential_and_the_field_and_shows_no_value(string value, string named)
    {
        var error = Assert.Throws<CredentialFormatException>(() => UsernamePassword.Parse(Credential(value)));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("'orders-db'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'v1'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_that_is_no_text_is_refused()
    {
        var credential = new Credential("orders-db", "v1", SecretValue.FromBytes([0xff, 0xfe]));

        Assert.Throws<CredentialFormatException>(() => UsernamePassword.Parse(credential));
    }

    [Fact]
    public void Neither_text_nor_json_shows_anything()
    {
        var parsed = UsernamePassword.Parse(Credential("""{"username":"app_a","password":"c4nary"}"""));

        Assert.Equal("***", parsed.ToString());
        Assert.Equal("{}", JsonSerializer.Serialize(parsed));
    }

    private static Credential Credential(string value) => new("orders-db", "v1", SecretValue.FromText(value));
}

namespace Nhi.Rotation.Clients.Tests;

public sealed class ShapeTests
{
    [Fact]
    public void An_rds_secret_has_its_fields_and_a_port_as_number_or_text()
    {
        var secret = RdsSecret.Parse(Value("""{"engine":"postgres","host":"db","username":"app","password":"canary-p","dbname":"orders","port":"5432","masterarn":"x"}"""));
        var managed = RdsSecret.Parse(Value("""{"username":"app","password":"canary-p"}"""));

        Assert.Equal(("postgres", "db", 5432, "orders", "app", "canary-p"), (secret.Engine, secret.Host, secret.Port, secret.DatabaseName, secret.Username, secret.Password));
        Assert.Null(managed.Port);
        Assert.Equal("postgres db:5432/orders", secret.ToString());
        Assert.DoesNotContain("canary", System.Text.Json.JsonSerializer.Serialize(secret), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"username":"app","password":"canary","port":70000}""", "port")]
    [InlineData("""{"username":"app","port":"canary"}""", "password")]
    [InlineData("""{"username":"app","username":"canary","password":"x"}""", "JSON")]
    [InlineData("canary", "JSON")]
    public void A_wrong_rds_secret_is_named_and_not_shown(string value, string named)
    {
        var error = Assert.Throws<CredentialFormatException>(() => RdsSecret.Parse(Value(value)));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("'db'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_hmac_key_is_the_same_in_each_encoding()
    {
        byte[] expected = [1, 2, 3, 0xFF];

        Assert.Equal(expected, HmacKey.ParseHex(Value("010203fF")).Bytes.ToArray());
        Assert.Equal(expected, HmacKey.ParseBase64(Value("AQID/w==")).Bytes.ToArray());
        Assert.Equal(expected, HmacKey.ParseWebhookSecret(Value("whsec_AQID/w==")).Bytes.ToArray());
        Assert.Equal(expected, HmacKey.ParseWebhookSecret(Value("v1,whsec_AQID/w==")).Bytes.ToArray());
        Assert.Equal("whsec_x"u8.ToArray(), HmacKey.ParseRaw(Value("whsec_x")).Bytes.ToArray());

        // RFC 4231, test case 2.
        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", Convert.ToHexStringLower(HmacKey.ParseRaw(Value("Jefe")).SignSha256("what do ya want for nothing?"u8)));
    }

    [Fact]
    public void A_wrong_hmac_key_is_not_shown()
    {
        foreach (var parse in (Func<Credential, HmacKey>[])[HmacKey.ParseHex, HmacKey.ParseBase64, HmacKey.ParseWebhookSecret])
        {
            Assert.DoesNotContain("canary", Assert.Throws<CredentialFormatException>(() => parse(Value("canary!"))).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_connection_string_shows_where_and_never_how()
    {
        var text = ConnectionString.Parse(Value("Server=db;Database=orders;User Id=app;Pwd=\"can;ary\""));

        Assert.Equal("can;ary", text.Find("pwd"));
        Assert.Equal("Server=db;Database=orders", text.ToString());
        Assert.DoesNotContain("canary", Assert.Throws<CredentialFormatException>(() => ConnectionString.Parse(Value("canary"))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_fields_are_texts_or_json()
    {
        var fields = JsonFields.Parse(Value("""{"a":"x","n":7,"o":{"p":1},"none":null,"empty":""}"""));

        Assert.Equal(("x", "7", """{"p":1}"""), (fields.Text("a"), fields.Text("n"), fields.Text("o")));
        Assert.Null(fields.Find("none"));
        Assert.Contains("'empty'", Assert.Throws<CredentialFormatException>(() => fields.Text("empty")).Message, StringComparison.Ordinal);
    }

    private static Credential Value(string text) => new("db", "v1", SecretValue.FromText(text));
}

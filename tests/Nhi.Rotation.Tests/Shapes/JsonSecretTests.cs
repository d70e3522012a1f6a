using System.Text;

namespace Nhi.Rotation.Tests.Shapes;

public sealed class JsonSecretTests
{
    private const string Canary = "CANARY-51c2";

    public static TheoryData<string, string, string> Wrong { get; } = new()
    {
        { "", "it is not valid JSON at line 1, byte 1", "JSON serializer" },
        { Canary, "it is not valid JSON at line 1, byte 1", "JSON serializer" },
        { $$"""{"password":"{{Canary}}""", "it is not valid JSON at line 1", "name no field" },
        { $$"""{"password":"{{Canary}}",}""", "it is not valid JSON at line 1", "JSON serializer" },
        { $$"""{"password":"{{Canary}}"} x""", "it is not valid JSON at line 1", "JSON serializer" },
        { $$"""{"password":"{{Canary}}","password":"b"}""", "it is not valid JSON, or has a property twice", "each property once" },
        { $$"""{"password":"{{Canary}}","pass\u0077ord":"b"}""", "it is not valid JSON, or has a property twice", "each property once" },
        { $$"""{"\ud800":1,"password":"{{Canary}}"}""", "half of a surrogate pair in a property's name", "JSON serializer" },
        { $$"""["{{Canary}}"]""", "it is JSON, and not an object", "Write an object" },
        { $$"""{"Password":"{{Canary}}"}""", "it has no field 'password'", "Correct the name" },
        { $$"""{"password":["{{Canary}}"]}""", "the field 'password' of it is not a usable string", "Write a string" },
        { $$"""{"password":null,"other":"{{Canary}}"}""", "the field 'password' of it is not a usable string", "Write a string" },
        { $$"""{"password":"","other":"{{Canary}}"}""", "the field 'password' of it is not a usable string", "not empty" },
        { $$"""{"password":"{{Canary}}\u0000"}""", "the field 'password' of it is not a usable string", "no NUL character" },
        { $$"""{"password":"{{Canary}}\ud800"}""", "the field 'password' of it is not a usable string", "Write a string" },
    };

    [Fact]
    public void A_field_is_taken_as_it_is()
    {
        Assert.Equal("p\u00e4ss \"word\"", JsonSecret.ReadField("""{"user":"app","password":"p\u00e4ss \"word\"","port":5432}"""u8.ToArray(), "password", "db", "it"));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_and_not_shown(string json, string cause, string fix)
    {
        var error = Assert.Throws<BackendException>(() => JsonSecret.ReadField(Encoding.UTF8.GetBytes(json), "password", "db", "it"));

        Assert.Equal((BackendFailure.InvalidContent, "db"), (error.Failure, error.CredentialName));
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_nobody_asked_for_is_content()
    {
        var credential = new Credential("db", "v1", SecretValue.FromText($$"""{"{{Canary}}":"\ud800"}"""));

        var error = Assert.Throws<CredentialFormatException>(() => JsonFields.Parse(credential));

        Assert.Contains("version 'v1' has a text with half of a surrogate pair", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_of_such_json_is_a_format_error()
    {
        var credential = new Credential("db", "v1", SecretValue.FromText($$"""{"\ud800":1,"username":"a","password":"{{Canary}}"}"""));
        foreach (var parse in (Action[])[() => UsernamePassword.Parse(credential), () => RdsSecret.Parse(credential), () => JsonFields.Parse(credential)])
        {
            Assert.Contains("version 'v1' is JSON with half of a surrogate pair", Assert.Throws<CredentialFormatException>(parse).Message, StringComparison.Ordinal);
        }
    }
}

using System.Text;
using CsCheck;
using Nhi.Rotation.Identity;

namespace Nhi.Rotation.Tests.Identity;

public sealed class NoSecretTests
{
    private const string Name = "orders-db";

    [Theory]
    [InlineData("<no value>")]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("undefined")]
    [InlineData("None")]
    [InlineData("nil")]
    [InlineData("N/A")]
    [InlineData("changeme")]
    [InlineData("change-me!")]
    [InlineData("CHANGE_ME")]
    [InlineData("TODO")]
    [InlineData("tbd")]
    [InlineData("[REDACTED]")]
    [InlineData("placeholder")]
    [InlineData("replace-me")]
    [InlineData("  null\n")]
    public void A_placeholder_is_no_secret(string value) => Assert.NotNull(Rule(value));

    [Theory]
    [InlineData("${STRIPE_KEY}")]
    [InlineData("{{ .Values.key }}")]
    [InlineData("<your key here>")]
    [InlineData("%(stripe_key)s")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/stripe)")]
    [InlineData("@microsoft.keyvault(VaultName=vault;SecretName=stripe)")]
    [InlineData("op://team/stripe/key")]
    [InlineData("vault:secret/data/stripe#key")]
    public void A_template_that_was_not_filled_in_is_no_secret(string value) => Assert.Equal("it is a template that was not filled in", Rule(value));

    [Theory]
    [InlineData("*****", "it is one character, repeated")]
    [InlineData("x", "it is one character, repeated")]
    [InlineData("ééé", "it is one character, repeated")]
    [InlineData("\n00000000\n", "it is one character, repeated")]
    [InlineData(" \t\n", "it is only white space")]
    [InlineData("\u00a0\u2003", "it is only white space")]
    [InlineData("ORDERS_DB", "it is the credential's own name")]
    [InlineData("orders-db\n", "it is the credential's own name")]
    public void What_says_nothing_is_no_secret(string value, string rule) => Assert.Equal(rule, Rule(value));

    [Theory]
    [InlineData("guest")]
    [InlineData("sk_live_51NulLNoneTodo")]
    [InlineData("nullable")]
    [InlineData("changeme1")]
    [InlineData("orders-db-2")]
    [InlineData("${")]
    [InlineData("a${STRIPE_KEY}")]
    [InlineData("<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>")]
    [InlineData("{\"username\":\"app\",\"password\":\"s3cret\"}")]
    [InlineData("aab")]
    [InlineData("!?")]
    public void Anything_else_may_be_one(string value) => Assert.Null(Rule(value));

    [Fact]
    public void Long_values_are_white_space_or_repeated_at_most()
    {
        Assert.Equal("it is only white space", Rule(new string(' ', 600) + "\n"));
        Assert.Equal("it is one character, repeated", Rule(new string('x', 5_000)));
        Assert.Null(Rule($"${{{new string('x', 600)}}}"));
        Assert.Null(Rule(new string(' ', 600) + "k"));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_a_secret_unless_all_are_the_same()
    {
        Assert.Equal("it is one character, repeated", NoSecret.Rule(new byte[32], Name));
        Assert.Null(NoSecret.Rule([0xff, 0xfe, 0x00, 0x80], Name));
    }

    [Fact]
    public void A_random_key_is_a_secret() =>
        Gen.Byte.Array[9, 700].Sample(bytes => Assert.True(NoSecret.Rule(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes) + "9z"), Name) is null));

    [Fact]
    public void A_rule_holds_in_any_case_and_between_any_blanks()
    {
        string[] values = ["null", "<no value>", "${KEY}", "op://a/b/c", "orders-db", "*****"];
        string[] blanks = [string.Empty, " ", "\r\n", "\t\t"];
        Gen.Select(Gen.Int[0, 5], Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 3]).Sample(
            (value, upper, before, after) => Assert.NotNull(Rule(blanks[before] + (upper ? values[value].ToUpperInvariant() : values[value]) + blanks[after])));
    }

    [Theory]
    [InlineData(null, false, "a-key-of-fifteen", true, true)]
    [InlineData(null, false, "a-key-of-fiftee", true, false)]
    [InlineData(null, false, "ékey-of-15-tex", true, false)]
    [InlineData(8, false, "eight-is", true, true)]
    [InlineData(8, false, "seven-7", false, false)]
    [InlineData(8, true, "seven-7", true, false)]
    [InlineData(1, false, "null", false, false)]
    [InlineData(1, true, "null", true, false)]
    public void Who_may_use_it(int? minimum, bool any, string value, bool presented, bool accepted)
    {
        var exam = ValueRules.From(new CredentialOptions { MinimumLength = minimum, AcceptAnyValue = any }).Examine(Encoding.UTF8.GetBytes(value), Name);

        Assert.Equal((presented, accepted), (exam.Unfit is not { IsRefused: true }, exam.Unfit is null));
    }

    [Theory]
    [InlineData(null, "seven-7", true)]
    [InlineData(null, "eight-is", false)]
    [InlineData(7, "seven-7", false)]
    public void Fewer_than_eight_characters_are_remarked_unless_the_options_know(int? minimum, string value, bool remarked) =>
        Assert.Equal(remarked, ValueRules.From(new CredentialOptions { MinimumLength = minimum }).Examine(Encoding.UTF8.GetBytes(value), Name).Remark is not null);

    private static string? Rule(string value) => NoSecret.Rule(Encoding.UTF8.GetBytes(value), Name);
}

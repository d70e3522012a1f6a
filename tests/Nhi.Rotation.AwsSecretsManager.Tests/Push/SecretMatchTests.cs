using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

public sealed class SecretMatchTests
{
    private const string Prefix = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:";

    [Theory]
    [InlineData("prod/key", "prod/key", true)]
    [InlineData("prod/key", Prefix + "prod/key-AbCdEf", true)]
    [InlineData(Prefix + "prod/key-AbCdEf", Prefix + "prod/key-AbCdEf", true)]
    [InlineData(Prefix + "prod/key", Prefix + "prod/key-AbCdEf", true)]
    [InlineData(Prefix + "my-secret", Prefix + "my-secret-AbCdEf", true)]
    [InlineData(Prefix + "prod/key-AbCdEf", "prod/key", true)]
    [InlineData(Prefix + "prod/key", "prod/key", true)]
    [InlineData(Prefix + "prod/key-AbCdEf", Prefix + "prod/key", true)]
    [InlineData("prod/key", "prod/key-AbCdEf", false)]
    [InlineData("prod/key", Prefix + "prod/key2-AbCdEf", false)]
    [InlineData("prod/key", "PROD/key", false)]
    [InlineData(Prefix + "prod/key-AbCdEf", Prefix + "prod/key-GhIjKl", false)]
    [InlineData(Prefix + "prod/key", "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/key-AbCdEf", false)]
    [InlineData("prod/key", "arn:aws:sqs:eu-west-1:123456789012:prod/key", false)]
    public void An_event_is_matched_with_the_name_or_ARN_that_a_credential_has(string ours, string theirs, bool same)
    {
        Assert.Equal(same, SecretMatch.IsSame(new SecretAddress(ours, null), theirs));
    }
}

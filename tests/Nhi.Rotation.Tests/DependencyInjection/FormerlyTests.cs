using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.DependencyInjection;

/// <summary>An app says what a credential was called before.</summary>
public sealed class FormerlyTests
{
    [Fact]
    public async Task The_ledger_knows_it()
    {
        await using var app = Build(credential => credential.Formerly("partner-key", "old-partner").Formerly("first"));

        Assert.Equal(["partner-key", "old-partner", "first"], Assert.Single(app.GetRequiredService<CredentialRegistry>().Uses.Copy("partner", static (credential, _, _) => credential.Formerly)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("partner")]
    public void A_name_is_one_that_it_had(string name) => Assert.ThrowsAny<ArgumentException>(() => Build(credential => credential.Formerly(name)));

    [Fact]
    public async Task One_that_is_declared_too_is_another_one()
    {
        await using var app = Build(credential => credential.Formerly("partner-key"), "partner-key");

        var mistake = Assert.Throws<OptionsValidationException>(app.GetRequiredService<CredentialRegistry>);
        Assert.Contains("Credential 'partner': it was formerly 'partner-key', which is declared too, so these are two.", mistake.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Action<CredentialBuilder> configure, string? besides = null)
    {
        var services = new ServiceCollection();
        var credentials = services.AddRotatingCredentials().AddCredential("partner", credential => configure(credential.UseBackend("partner", _ => new ScriptedBackend())));
        if (besides is not null)
        {
            credentials.AddCredential(besides, credential => credential.UseBackend(besides, _ => new ScriptedBackend()));
        }

        return services.BuildServiceProvider();
    }
}

using System.Text;
using Microsoft.Extensions.Configuration;
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

    [Theory]
    [InlineData("""{ "Formerly": "partner-key" }""", "partner-key")]
    [InlineData("""{ "Formerly": [ "partner-key", "first" ] }""", "partner-key first")]
    [InlineData("""{ "formerly": { "0": "partner-key" } }""", "partner-key")]
    [InlineData("""{ "Formerly": "" }""", "")]
    [InlineData("""{ "Formerly": null }""", "")]
    public async Task Configuration_says_it_with_one_name_or_a_list(string section, string names)
    {
        await using var app = Configured(section);

        Assert.Equal(names, string.Join(' ', Assert.Single(app.GetRequiredService<CredentialRegistry>().Uses.Copy("partner", static (credential, _, _) => credential.Formerly))));
    }

    [Theory]
    [InlineData("""{ "Formerly": "partner" }""", "Credentials:partner:Formerly is 'partner', as the credential is called now. Write the name that it had before.")]
    [InlineData("""{ "Formerly": [ "first", " " ] }""", "Credentials:partner:Formerly:1 is no name. Write the name that the credential had, or a list of them.")]
    [InlineData("""{ "Formerly": [ { "name": "first" } ] }""", "Credentials:partner:Formerly:0 is no name. Write the name that the credential had, or a list of them.")]
    [InlineData("""{ "Formerly": "other" }""", "it was formerly 'other', which is declared too, so these are two. Remove the declaration of 'other', or its Formerly.")]
    [InlineData("""{ "Formely": "first" }""", "Credentials:partner:Formely is not an option. Did you mean 'Formerly'?")]
    public async Task Configuration_that_says_no_former_name_stops_the_start_with_the_key(string section, string mistake)
    {
        await using var app = Configured(section);

        var error = Assert.ThrowsAny<OptionsValidationException>(() =>
        {
            _ = app.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value;
            return app.GetRequiredService<CredentialRegistry>();
        });
        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Configured(string section)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Credentials": { "partner": {{section[..^1]}}, "Script": { "x": "y" } }, "other": { "Script": { "x": "y" } } } }"""));
        var services = new ServiceCollection();
        services.AddRotatingCredentials(new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Credentials"))
            .AddBackendSection("Script", (credential, _) => credential.UseBackend("partner", _ => new ScriptedBackend()));
        return services.BuildServiceProvider();
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

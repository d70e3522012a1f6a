using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.Tests.DependencyInjection;

/// <summary>What somebody reads who wrote something else into configuration than was meant.</summary>
public sealed class MisspeltConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("nhi-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_section_that_does_not_exist_stops_the_start_and_is_named_with_the_ones_nearby()
    {
        var error = await StartAsync("""{ "Credentials": { "stripe": {} }, "Logging": { "LogLevel": {} }, "AllowedHosts": "*" }""", "Credentialz");

        Assert.Contains("Rotating credentials: configuration has no section 'Credentialz'. Did you mean 'Credentials'? Sections there: Credentials, Logging.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_section_inside_another_the_ones_in_there_are_nearby()
    {
        var error = await StartAsync("""{ "App": { "Credentials": { "stripe": {} } }, "Other": { "x": "y" } }""", "App:Secrets");

        Assert.Contains("no section 'App:Secrets'. Sections there: Credentials.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_apps_configuration_it_is_named_alone()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(new ConfigurationBuilder().Build().GetSection("Credentialz"));
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value);

        Assert.Equal("Rotating credentials: configuration has no section 'Credentialz'. If it may be missing, ask Exists() before AddRotatingCredentials(...).", error.Message);
    }

    [Theory]
    [InlineData("""{ "Credentials": {} }""")]
    [InlineData("""{ "Credentials": null }""")]
    public async Task A_section_that_says_that_there_are_none_starts(string json) => Assert.Equal(string.Empty, await StartAsync(json));

    [Fact]
    public async Task A_source_that_came_too_late_is_told()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials(builder.Configuration.GetSection("Credentials"));
        builder.Configuration.AddInMemoryCollection([new("Credentials:stripe:Files:Path", File("one"))]);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        Assert.Contains("Credentials:stripe is in configuration, and was not when AddRotatingCredentials(...) read the section.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Credentials", """{ "Credentials": [ { "Files": { "Path": "/x" } } ] }""", "Credentials is a list. Write a section that has each credential under its name.")]
    [InlineData("Credentials", """{ "Credentials": { "": { "Files": { "Path": "/x" } }, "stripe": { "Files": { "Path": "/x" } } } }""", "Credentials has a credential without a name. Give each one a name.")]
    [InlineData("Credentials", """{ "Credentials": "CANARY-secret" }""", "Credentials is one value, and not a section of credentials.")]
    [InlineData("Credentials:stripe", """{ "Credentials": { "stripe": { "Files": { "Path": "/x" }, "Overlap": "24h" } } }""", "Credentials:stripe is the section of one credential. Name the one above it, Credentials.")]
    [InlineData("App", """{ "App": { "Credentials": { "stripe": { "Files": { "Path": "/x" } } } } }""", "App has no credentials, but App:Credentials has. Name that section.")]
    public async Task A_section_of_another_level_is_told_alone(string section, string json, string mistake)
    {
        var error = await StartAsync(json, section);

        Assert.StartsWith($"Rotating credentials: {mistake}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("is not an option", error, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Revokd", false, "Revocations: configuration has no section 'Revokd'. Did you mean 'Revoked'? Sections there: Revoked. Write [] there where nothing is revoked, or set StartWithout.")]
    [InlineData("Revokd", true, "")]
    [InlineData("Nothing", false, "")]
    public async Task A_list_of_revocations_that_does_not_exist_stops_the_start(string section, bool startWithout, string mistake)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(Configuration("""{ "Revoked": [ { "Credential": "stripe", "Version": "v1" } ], "Nothing": [] }"""));
        builder.Services.AddRotatingCredentials()
            .RevocationsFrom(builder.Configuration.GetSection(section), options => options.StartWithout = startWithout)
            .AddCredential("stripe", credential => credential.FromFiles(File("one")));
        using var host = builder.Build();

        var error = await Record.ExceptionAsync(() => host.StartAsync(Ct));

        Assert.Equal(mistake, error?.Message ?? string.Empty);
    }

    [Theory]
    [InlineData("""{ "Files": { "Pth": "/x" } }""", "Credentials:stripe:Files:Pth is not an option. Did you mean 'Path'? Use one of Path, Layout")]
    [InlineData("""{ "PemFiles": { "Certificat": "/x", "Key": "/y" } }""", "Credentials:stripe:PemFiles:Certificat is not an option. Did you mean 'Certificate'?")]
    [InlineData("""{ "File": { "Path": "/x" } }""", "Credentials:stripe:File is not an option. Did you mean 'Files'?")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Interval": "30s" }""", "Credentials:stripe:Interval is not an option. Did you mean 'RefreshInterval'?")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Zzz": "30s" }""", "Credentials:stripe:Zzz is not an option. Use one of Owner, Purpose")]
    [InlineData("""{ "Files": "/x" }""", "Credentials:stripe:Files is one value, and takes keys. Write a section with some of Path, Layout")]
    [InlineData("\"CANARY-secret\"", "Credentials:stripe is one value, and a credential is a section with one of Files, PemFiles. The secret itself does not belong into configuration.")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Overlap": { "Hours": "1" } }""", "Credentials:stripe:Overlap is a section or a list. Write one value.")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Overlap": "1 day" }""", "Credentials:stripe:Overlap is '1 day'. Write a number and a unit, such as 500ms, 90s, 30m, 24h or 7d, or days.hours:minutes:seconds, such as 1.00:00:00, at most 3650 days.")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Overlap": "24:00:00" }""", "Credentials:stripe:Overlap is '24:00:00'. Write")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Overlap": 24 }""", "Credentials:stripe:Overlap is '24'. Write")]
    [InlineData("""{ "Files": { "Path": "/x", "SettleTime": "fast" } }""", "Credentials:stripe:Files:SettleTime is 'fast'. Write a number and a unit")]
    [InlineData("""{ "Files": { "Path": "/x", "MaxFileSize": "64k" } }""", "Credentials:stripe:Files:MaxFileSize is '64k'. Write a whole number.")]
    [InlineData("""{ "Files": { "Path": "/x" }, "Newline": "1" }""", "Credentials:stripe:Newline is '1'. Write one of TrimOne, TrimAll, Keep.")]
    [InlineData("""{ "Files": { "Path": "/x" }, "RefreshJitter": "10%" }""", "Credentials:stripe:RefreshJitter is '10%'. Write a number, such as 0.1.")]
    [InlineData("""{ "Files": { "Path": "/x" }, "AcceptAnyValue": "yes" }""", "Credentials:stripe:AcceptAnyValue is 'yes'. Write true or false.")]
    public async Task A_key_or_a_value_that_is_none_is_answered_with_what_is_right(string stripe, string mistake)
    {
        var error = await StartAsync($$"""{ "Credentials": { "stripe": {{stripe}} } }""");

        Assert.Contains($"Credential 'stripe': {mistake}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("no backend", error, StringComparison.Ordinal);
        Assert.DoesNotContain("is missing", error, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Durations_are_written_with_a_unit_as_well()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Configuration($$"""{ "Credentials": { "stripe": { "Files": { "Path": "{{File("one")}}", "SettleTime": "10ms" }, "Overlap": "24h", "RefreshInterval": "30m", "MaxStaleness": "7d", "QuietPeriod": null, "ClockSkew": "" } } }""").GetSection("Credentials"));
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<CredentialOptions>>().Get("stripe");

        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromMinutes(30), TimeSpan.FromDays(7), TimeSpan.FromHours(1)), (options.Overlap, options.RefreshInterval, options.MaxStaleness, options.QuietPeriod));
        Assert.Equal(TimeSpan.FromMilliseconds(10), provider.GetRequiredService<IOptionsMonitor<FileBackendOptions>>().Get("stripe").SettleTime);
    }

    [Fact]
    public void Every_option_has_a_key_and_every_key_an_option()
    {
        Assert.Equal(Properties<CredentialOptions>(), Nhi.Rotation.DependencyInjection.CredentialSection.Keys.Names.Order(StringComparer.Ordinal));
        Assert.Equal(Properties<FileBackendOptions>(), Nhi.Rotation.DependencyInjection.FileSection.Keys.Names.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Properties<T>() => typeof(T).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal);

    private static IConfigurationRoot Configuration(string json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    /// <summary>What an app that is configured so says when it starts; empty if it starts.</summary>
    private static async Task<string> StartAsync(string json, string section = "Credentials")
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(Configuration(json));
        builder.Services.AddRotatingCredentials(builder.Configuration.GetSection(section));
        using var host = builder.Build();
        try
        {
            await host.StartAsync(Ct);
            await host.StopAsync(Ct);
            return string.Empty;
        }
        catch (OptionsValidationException error)
        {
            return error.Message;
        }
    }

    private string File(string content)
    {
        var path = Path.Combine(_directory.FullName, Guid.NewGuid().ToString("N"));
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}

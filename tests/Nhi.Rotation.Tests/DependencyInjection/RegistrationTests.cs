using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.DependencyInjection;

public sealed class RegistrationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("nhi-");

    private const string Endless = "10675199.02:48:05.4775807";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_credential_is_injected_by_its_name_and_loaded_before_other_services_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles(File("one")).OwnedBy("payments").For("charges"));
        builder.Services.AddHostedService<Reader>();
        using var host = builder.Build();

        await host.StartAsync(Ct);

        Assert.Equal("one", host.Services.GetServices<IHostedService>().OfType<Reader>().Single().Seen);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task It_works_without_a_host()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles(File("one")));
        await using var provider = services.BuildServiceProvider();

        var credential = await provider.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").GetCurrentAsync(Ct);

        Assert.Equal("one", credential.Reveal());
    }

    [Fact]
    public async Task The_configuration_form_says_the_same()
    {
        var section = Section(new()
        {
            ["stripe"] = new { Files = new { Path = File("one\n\n") }, Newline = "TrimAll", Overlap = "01:00:00", Owner = "payments" },
            ["partner"] = new { Files = new { Path = File("two") } },
        });
        var services = new ServiceCollection();
        services.AddRotatingCredentials(section);
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("one", (await provider.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").GetCurrentAsync(Ct)).Reveal());
        Assert.Equal("two", (await provider.GetRequiredKeyedService<IRotatingCredentialProvider>("partner").GetCurrentAsync(Ct)).Reveal());
        var options = provider.GetRequiredService<IOptionsMonitor<CredentialOptions>>().Get("stripe");
        Assert.Equal((TimeSpan.FromHours(1), "payments"), (options.Overlap, options.Owner));
    }

    [Fact]
    public async Task Another_package_can_teach_the_configuration_form_its_backend_also_afterwards()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Section(new() { ["stripe"] = new { Scripted = new { Secret = "abc" } } }))
            .AddBackendSection("Scripted", (credential, section) => credential.UseBackend(section["Secret"]!, _ => new ScriptedBackend().Put("v1", section["Secret"]!)));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("abc", (await provider.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").GetCurrentAsync(Ct)).Reveal());
    }

    [Fact]
    public void A_name_that_is_not_registered_is_answered_with_those_that_are()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles("/nowhere")).AddCredential("partner", c => c.FromFiles("/nowhere"));
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<CredentialUnavailableException>(() => provider.GetRequiredKeyedService<IRotatingCredentialProvider>("strpie"));

        Assert.Contains("'strpie'", error.Message, StringComparison.Ordinal);
        Assert.Contains("registered are: stripe, partner.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_credential_needs_no_name()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles(File("one")));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("one", (await provider.GetRequiredService<IRotatingCredentialProvider>().GetCurrentAsync(Ct)).Reveal());
    }

    [Fact]
    public void Of_several_credentials_one_must_be_named_and_the_error_shows_how()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles("/nowhere")).AddCredential("partner", c => c.FromFiles("/nowhere"));
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IRotatingCredentialProvider>());

        Assert.Equal("IRotatingCredentialProvider without a name is for one credential; registered are: partner, stripe. Say which: [FromKeyedServices(\"partner\")] IRotatingCredentialProvider.", error.Message);
    }

    [Fact]
    public async Task A_declared_credential_is_replaced_with_its_options_and_without_its_probe_and_the_mistakes_of_its_backend()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential
            .Refuse("the vault's address is missing")
            .ProbeWith(_ => throw new InvalidOperationException("there is no partner here"))
            .Configure(options => options.Owner = "payments"));

        services.AddRotatingCredentials().ReplaceCredential("stripe", credential => credential.UseBackend("stripe", _ => new ScriptedBackend().Put("v1", "a-long-test-key")));

        await using var provider = services.BuildServiceProvider();
        Assert.Equal("a-long-test-key", (await provider.GetRequiredService<IRotatingCredentialProvider>().GetCurrentAsync(Ct)).Reveal());
        Assert.Equal("payments", provider.GetRequiredService<IOptionsMonitor<CredentialOptions>>().Get("stripe").Owner);
    }

    [Fact]
    public void A_credential_that_is_not_declared_cannot_be_replaced()
    {
        var builder = new ServiceCollection().AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles("/nowhere"));

        var error = Assert.Throws<InvalidOperationException>(() => builder.ReplaceCredential("strype", c => c.FromFiles("/nowhere")));

        Assert.StartsWith("Credential 'strype' cannot be replaced, for it is not declared; declared are: stripe.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_no_string_is_told()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles("/nowhere"));
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<IRotatingCredentialProvider>(DayOfWeek.Friday));

        Assert.StartsWith("A rotating credential is injected by its name, a string, and not by 'Friday' of type DayOfWeek.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_credential_the_error_says_how_to_add_one()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials();
        using var provider = services.BuildServiceProvider();

        Assert.Contains("AddCredential(name, ...)", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IRotatingCredentialProvider>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Overlap", "-00:00:01", "Write a number and a unit")]
    [InlineData("RefreshInterval", "00:00:00.010", "100 ms or more")]
    [InlineData("RefreshJitter", "0.6", "between 0 and 0.5")]
    [InlineData("MaxStaleness", "00:00:00", "more than 0, or null for no limit")]
    [InlineData("FallbackAfterRejections", "0", "1 or more")]
    [InlineData("MaxBackoff", "00:00:00.1", "MinBackoff or more")]
    [InlineData("Overlapp", "01:00:00", "is not an option")]
    [InlineData("Overlap", Endless, "at most 3650 days")]
    [InlineData("ActivationDelay", Endless, "at most 3650 days")]
    [InlineData("ClockSkew", Endless, "at most 3650 days")]
    [InlineData("RefreshInterval", Endless, "at most 3650 days")]
    [InlineData("RejectionRefreshInterval", Endless, "at most 3650 days")]
    [InlineData("FallbackPause", Endless, "at most 3650 days")]
    [InlineData("MaxFallbackPause", "00:04:59", "FallbackPause or more")]
    [InlineData("MaxFallbackPause", Endless, "at most 3650 days")]
    [InlineData("MaxBackoff", Endless, "at most 3650 days")]
    [InlineData("QuietPeriod", Endless, "at most 3650 days")]
    [InlineData("ProbeTimeout", "1.00:00:01", "at most 1 day")]
    [InlineData("ProbeTimeout", "00:00:00", "10 ms or more")]
    public async Task A_number_that_cannot_work_stops_the_start_and_names_credential_key_and_range(string key, string value, string fix)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials(Section(new() { ["stripe"] = new Dictionary<string, object> { [key] = value, ["Files"] = new { Path = File("one") } } }));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        Assert.Contains("'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Credentials:stripe:{key}", error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_that_no_timer_takes_are_refused_for_what_all_share()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().Configure(options => options.FirstLoadTimeout = options.AttemptTimeout = options.SweepInterval = TimeSpan.MaxValue);
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value);

        Assert.Equal(3, error.Failures.Count(failure => failure.Contains("at most 1 day", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_option_can_be_set_in_configuration()
    {
        var credential = Defaults(new CredentialOptions { Owner = "o", Purpose = "p", RefreshInterval = TimeSpan.FromMinutes(1), MaxStaleness = TimeSpan.FromDays(1) });
        var files = Defaults(new FileBackendOptions { FileName = "f", JsonField = "j", FingerprintKey = new byte[16] });
        credential["Files"] = new Dictionary<string, object>(files) { ["Path"] = _directory.FullName };
        var pem = Defaults(new FileBackendOptions { FingerprintKey = new byte[16] });
        foreach (var key in new[] { "Layout", "FileName", "Fields", "Content", "JsonField" })
        {
            pem.Remove(key);
        }

        pem["Certificate"] = pem["Key"] = File("x");
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Section(new() { ["stripe"] = credential, ["tls"] = new { PemFiles = pem } }));
        using var provider = services.BuildServiceProvider();

        _ = provider.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value;
        _ = provider.GetRequiredService<IOptionsMonitor<CredentialOptions>>().Get("stripe");
        Assert.Equal("j", provider.GetRequiredService<IOptionsMonitor<FileBackendOptions>>().Get("stripe").JsonField);
        Assert.Equal(16, provider.GetRequiredService<IOptionsMonitor<FileBackendOptions>>().Get("tls").FingerprintKey!.Length);
    }

    [Theory]
    [InlineData("Files", "JsonFeild", "password", "Files:JsonFeild is not an option. Did you mean 'JsonField'? Use one of Path, Layout, FileName")]
    [InlineData("PemFiles", "JsonField", "password", "PemFiles:JsonField is not an option. Use one of Certificate, Key, MaxFileSize")]
    [InlineData("Files", "FingerprintKey", "CANARY-no-base64!", "Files:FingerprintKey is not base64. Set at least 16 random bytes")]
    [InlineData("PemFiles", "FingerprintKey", "CANARY-no-base64!", "PemFiles:FingerprintKey is not base64. Set at least 16 random bytes")]
    [InlineData("Files", "Layout", "Any", "Credentials:stripe:Files:Layout is 'Any'. Write one of Auto, SingleValue, VersionDirectory, VersionDocument, FieldDirectory.")]
    public async Task A_mistake_in_a_file_section_stops_the_start_and_names_credential_and_key(string section, string key, string value, string mistake)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var options = new Dictionary<string, object> { [key] = value };
        options[section == "Files" ? "Path" : "Certificate"] = options[section == "Files" ? "Path" : "Key"] = File("one");
        builder.Services.AddRotatingCredentials(Section(new() { ["stripe"] = new Dictionary<string, object> { [section] = options } }));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        Assert.Contains("Credential 'stripe': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_that_cannot_work_stop_the_start_all_at_once()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials()
            .AddCredential("stripe", credential => credential.FromFiles(File("one")).Configure(options => options.FallbackAfterRejections = 0))
            .AddCredential("acme", credential => credential.FromFiles(File("one"), files => files.MaxFileSize = 0))
            .AddCredential("good", credential => credential.FromFiles(File("one")));
        using var host = builder.Build();

        var errors = await Assert.ThrowsAsync<AggregateException>(() => host.StartAsync(Ct));

        Assert.Equal(2, errors.Flatten().InnerExceptions.Count);
        Assert.Contains("'stripe'", errors.Message, StringComparison.Ordinal);
        Assert.Contains("'acme'", errors.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Declarations_that_are_incomplete_or_doubled_stop_the_start_all_at_once()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials(Section(new() { ["nothing"] = new { Owner = "x" }, ["nopath"] = new { Files = new { Content = "Text" } } }))
            .AddCredential("empty", _ => { })
            .AddCredential("twice", c => c.FromFiles("/a"))
            .AddCredential("twice", c => c.FromFiles("/b"))
            .AddCredential("two-backends", c => c.FromFiles("/a").FromFiles("/b"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        foreach (var part in new[] { "'nothing': it has no backend", "Credentials:nopath:Files:Path is missing", "'empty': it has no backend", "'twice': it is declared twice", "services.AddRotatingCredentials().ReplaceCredential(\"twice\", c => c.UseBackend(...))", "'two-backends': it has two backends" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task By_default_a_credential_that_cannot_be_loaded_stops_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles(Path.Combine(_directory.FullName, "missing")));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => host.StartAsync(Ct));

        Assert.Contains("'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_degraded_start_goes_on_and_finds_the_credential_when_it_comes()
    {
        var path = Path.Combine(_directory.FullName, "late");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials()
            .Configure(options => options.Start = StartMode.Degraded)
            .AddCredential("stripe", c => c.FromFiles(path).Configure(options => options.MinBackoff = options.MaxBackoff = TimeSpan.FromMilliseconds(50)));
        using var host = builder.Build();
        await host.StartAsync(Ct);
        var provider = host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        Assert.Throws<CredentialUnavailableException>(() => provider.Current);
        var changed = new TaskCompletionSource();
        using var registration = provider.GetChangeToken().RegisterChangeCallback(_ => changed.SetResult(), null);

        await System.IO.File.WriteAllTextAsync(path, "here", Ct);
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        Assert.Equal("here", provider.Current.Reveal());
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task After_the_host_has_stopped_the_last_good_set_is_still_served()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles(File("one")));
        using var host = builder.Build();
        await host.StartAsync(Ct);
        var provider = host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");

        await host.StopAsync(Ct);

        Assert.Equal("one", provider.Current.Reveal());
    }

    private static Dictionary<string, object> Defaults(object options) => options.GetType().GetProperties().ToDictionary(
        property => property.Name, property => property.GetValue(options) is byte[] bytes ? Convert.ToBase64String(bytes) : (object)$"{property.GetValue(options)}");

    private static IConfigurationSection Section(Dictionary<string, object> credentials)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["Credentials"] = credentials });
        return new ConfigurationBuilder().AddJsonStream(new MemoryStream(json)).Build().GetSection("Credentials");
    }

    private string File(string content)
    {
        var path = Path.Combine(_directory.FullName, Guid.NewGuid().ToString("N"));
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private sealed class Reader([FromKeyedServices("stripe")] IRotatingCredentialProvider stripe) : IHostedService
    {
        public string? Seen { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Seen = stripe.Current.Reveal();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

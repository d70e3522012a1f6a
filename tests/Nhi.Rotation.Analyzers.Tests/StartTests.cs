namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI006.</summary>
public sealed class StartTests
{
    private const string All = "all.GetRequiredKeyedService<IRotatingCredentialProvider>(\"partner\")";

    [Theory]
    [InlineData("services.AddSingleton(all => new Partner([|" + All + ".Current.Reveal()|]));")]
    [InlineData("services.AddSingleton<object>(all => { var value = [|" + All + ".Current.Reveal()|]; return new Partner(value); });")]
    [InlineData("services.AddKeyedSingleton<object>(\"a\", (all, _) => Use([|" + All + ".Current.Reveal()|]));")]
    [InlineData("services.AddSingleton(new Partner([|provider.Current.Reveal()|]));")]
    [InlineData("var value = provider.Current.Reveal(); services.AddSingleton(_ => new Partner([|value|]));")]
    [InlineData("services.Configure<Partner>(options => options.Key = [|provider.Current.Reveal()|]);")]
    [InlineData("services.AddOptions<Partner>().Configure<IRotatingCredentialProvider>((options, asked) => options.Key = [|asked.Current.Reveal()|]);")]
    [InlineData("services.PostConfigure<Partner>(options => options.Key = \"Bearer \" + [|provider.Current.Reveal()|]);")]
    [InlineData("var value = provider.Current.Reveal(); services.Configure<Partner>(options => options.Key = [|value|]);")]
    [InlineData("services.AddHttpClient(\"partner\").ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { Credentials = new System.Net.NetworkCredential(\"me\", [|provider.Current.Reveal()|]) });")]
    [InlineData("services.AddAuthentication().AddCookie(options => options.Cookie.Name = [|provider.Current.Reveal()|]);")]
    [InlineData("services.AddCors(options => options.AddPolicy(\"a\", policy => policy.WithOrigins([|provider.Current.Reveal()|])));")]
    public Task A_value_that_is_revealed_to_register_something_is_told(string body) => Look.Within<RevealedAnalyzer>(body, "NHI006");

    [Theory]
    [InlineData("class Sender(IRotatingCredentialProvider provider) : BackgroundService { readonly int _length = Length([|provider.Current.Reveal()|]); static int Length(string key) => key.Length; protected override Task ExecuteAsync(CancellationToken ct) => Task.FromResult(_length); }")]
    [InlineData("class Sender : IHostedService { public Sender(IRotatingCredentialProvider provider) => Connect([|provider.Current.Reveal()|]); void Connect(string key) { } public Task StartAsync(CancellationToken ct) => Task.CompletedTask; public Task StopAsync(CancellationToken ct) => Task.CompletedTask; }")]
    [InlineData("class Sender { public Sender(IRotatingCredentialProvider provider) => Connect({|#0:provider.Current.Reveal()|}); void Connect(string key) { } } class Setup { void Add(IServiceCollection services) => services.AddSingleton<Sender>(); }")]
    [InlineData("interface ISender { } class Sender : ISender { readonly byte[] _hash; public Sender(IRotatingCredentialProvider provider) => _hash = SHA256.HashData({|#0:provider.Current.RevealBytes()|}.Span); object H => _hash; } class Setup { void Add(IServiceCollection services) => services.AddSingleton<ISender, Sender>(); }")]
    [InlineData("class Sender(IRotatingCredentialProvider provider) { readonly object _session = Open({|#0:provider.Current.Reveal()|}); object S => _session; static object Open(string key) => key.Length; } class Setup { void Add(IServiceCollection services) => services.AddKeyedSingleton<Sender>(\"a\"); }")]
    public Task So_is_one_in_the_constructor_of_a_singleton(string source) => Look.At<RevealedAnalyzer>(source.Replace("{|#0:", "[|", StringComparison.Ordinal).Replace("|}", "|]", StringComparison.Ordinal), "NHI006");

    [Theory]
    [InlineData("services.AddSingleton(all => new App(" + All + ", log, http, provider));")]
    [InlineData("services.AddScoped(all => new Partner(" + All + ".Current.Reveal()));")]
    [InlineData("services.AddTransient(all => new Partner(" + All + ".Current.Reveal()));")]
    [InlineData("services.AddSingleton<Func<string>>(all => () => " + All + ".Current.Reveal());")]
    [InlineData("services.AddSingleton(all => " + All + ".Derive(static version => new Partner(version.Reveal())));")]
    [InlineData("services.AddOptions<Partner>().BindCredential(\"partner\", static (options, version) => options.Key = version.Reveal());")]
    [InlineData("services.AddHealthChecks().AddCheck(\"partner\", () => Use(provider.Current.Reveal()) > 0 ? default : default);")]
    [InlineData("services.AddHttpClient(\"partner\").AddRotatingCredential(\"partner\", h => h.Stamp(static (message, version) => message.Headers.Add(\"key\", version.Reveal())));")]
    [InlineData("services.AddAuthentication().AddCookie(options => options.Events.OnSigningIn = context => { Use(provider.Current.Reveal()); return Task.CompletedTask; });")]
    [InlineData("services.AddAuthorization(options => options.AddPolicy(\"a\", policy => policy.RequireAssertion(context => Use(provider.Current.Reveal()) > 0)));")]
    [InlineData("services.AddOptions<Partner>().Validate<IRotatingCredentialProvider>((options, asked) => asked.Current.Reveal().Length > 8);")]
    public Task What_is_asked_each_time_is_not(string body) => Look.Within<RevealedAnalyzer>(body, "NHI006");

    [Theory]
    [InlineData("class Sender : BackgroundService { readonly Func<string> _key; public Sender(IRotatingCredentialProvider provider) => _key = () => provider.Current.Reveal(); protected override Task ExecuteAsync(CancellationToken ct) { _key(); return Task.CompletedTask; } }")]
    [InlineData("class Sender(IRotatingCredentialProvider provider) : BackgroundService { protected override async Task ExecuteAsync(CancellationToken ct) { while (!ct.IsCancellationRequested) { Send(provider.Current.Reveal()); await Task.Delay(1, ct); } } void Send(string key) { } }")]
    [InlineData("class Sender { public Sender(IRotatingCredentialProvider provider) => Connect(provider.Current.Reveal()); void Connect(string key) { } } class Setup { void Add(IServiceCollection services) => services.AddScoped<Sender>(); }")]
    [InlineData("class Sender { public Sender(Credential version) => Connect(version.Reveal()); void Connect(string key) { } } class Setup { void Add(IServiceCollection services) => services.AddSingleton<Sender>(); }")]
    [InlineData("class Sender(IRotatingCredentialProvider provider) { public string Key => provider.Current.Reveal(); } class Setup { void Add(IServiceCollection services) => services.AddSingleton<Sender>(); }")]
    public Task Nor_is_a_singleton_that_asks_each_time(string source) => Look.At<RevealedAnalyzer>(source, "NHI006");
}

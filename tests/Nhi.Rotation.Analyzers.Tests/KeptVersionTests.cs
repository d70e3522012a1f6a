namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI002.</summary>
public sealed class KeptVersionTests
{
    [Theory]
    [InlineData("_version = [|provider.Current|];")]
    [InlineData("_version ??= [|provider.Current|];")]
    [InlineData("_object = [|provider.Current|];")]
    [InlineData("_version = [|await provider.GetCurrentAsync(ct)|];", "provider.GetCurrentAsync(ct)")]
    [InlineData("_version = [|await provider.GetCurrentAsync(ct).ConfigureAwait(false)|];", "provider.GetCurrentAsync(ct)")]
    [InlineData("_version = isOdd ? [|provider.Current|] : null;")]
    [InlineData("_version = [|provider.Credentials.Current|];")]
    [InlineData("_object = [|provider.Credentials|];")]
    [InlineData("var version = provider.Current; _version = [|version|];")]
    [InlineData("if (provider.Credentials.Current is { } version) { _version = [|version|]; }")]
    [InlineData("foreach (var version in provider.Credentials.Presentable) { _versions.Add([|version|]); }")]
    [InlineData("_versions.AddRange([|provider.Credentials.Previous|]);")]
    [InlineData("_version = [|provider.ForConsumer(\"reports\").Current|];")]
    [InlineData("var version = provider.Current; _later = () => Use([|version|]);")]
    [InlineData("var version = provider.Current; _later = () => [|version|].Reveal().Length;")]
    [InlineData("_object = [|provider.Derive(static version => new Partner(version.Reveal())).Current|];")]
    [InlineData("var derived = provider.Derive(static version => new Partner(version.Reveal())); _object = [|derived.Current|];")]
    [InlineData("var version = provider.Current; while (!ct.IsCancellationRequested) { Use([|version|].Reveal()); await Wait(ct); }")]
    [InlineData("_object = new[] { [|provider.Current|] };")]
    [InlineData("_object = (1, [|provider.Current|]);")]
    [InlineData("_object = (Func<string>)[|provider.Current|].Reveal;")]
    [InlineData("services.AddSingleton([|provider.Current|]);")]
    [InlineData("services.AddSingleton(all => [|all.GetRequiredKeyedService<IRotatingCredentialProvider>(\"a\").Current|]);")]
    public Task A_version_that_outlives_the_method_is_told(string body, string? marked = null) =>
        Look.Within<RevealedAnalyzer>(marked is null ? body : body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal).Replace(marked, $"[|{marked}|]", StringComparison.Ordinal), "NHI002");

    [Theory]
    [InlineData("class App(IRotatingCredentialProvider provider) { private readonly Credential _version = [|provider.Current|]; object V => _version; }")]
    [InlineData("class App { private readonly Credential _version; App(IRotatingCredentialProvider provider) { _version = [|provider.Current|]; } object V => _version; }")]
    [InlineData("class App { Credential Version { get; init; } = null!; static App? s_app; void Start(IRotatingCredentialProvider provider) => s_app = new App { Version = [|provider.Current|] }; object? V => s_app; }")]
    public Task So_is_one_in_a_constructor(string source) => Look.At<RevealedAnalyzer>(source, "NHI002");

    [Theory]
    [InlineData("var version = provider.Current; Use(version);")]
    [InlineData("return provider.Current;")]
    [InlineData("_text = provider.Current.VersionId;")]
    [InlineData("_object = provider.Current.Stage;")]
    [InlineData("_version = given;")]
    [InlineData("_version = provider.Current.WithoutValue();")]
    [InlineData("_version = provider.Current; _object = _version.Hold();")]
    [InlineData("var version = provider.Current; _object = version.Hold(request); _version = version;")]
    [InlineData("_object = provider;")]
    [InlineData("_object = provider.ForConsumer(\"reports\");")]
    [InlineData("_object = provider.Derive(static version => new Partner(version.Reveal()));")]
    [InlineData("_later = () => Use(provider.Current);")]
    [InlineData("services.AddScoped(all => all.GetRequiredKeyedService<IRotatingCredentialProvider>(\"a\").Current);")]
    [InlineData("provider.Report(provider.Current, CredentialOutcome.Rejected);")]
    [InlineData("_object = new Credential(\"a\", \"1\", SecretValue.FromText(\"x\"));")]
    [InlineData("var version = provider.Current; foreach (var one in bytes) { Use(version); }")]
    [InlineData("var version = provider.Current; while (!ct.IsCancellationRequested) { Use(version); await Wait(ct); version = provider.Current; }")]
    public Task One_that_is_used_and_dropped_is_not(string body) => Look.Within<RevealedAnalyzer>(body, "NHI002");

    [Theory]
    [InlineData("sealed class Session(Credential version) { private readonly Credential _version = version; public string Id => _version.VersionId; }")]
    [InlineData("readonly record struct Shown(Credential Version, string Header); class App { Shown Show(IRotatingCredentialProvider provider) => new(provider.Current, \"\"); }")]
    [InlineData("class Phone { object Current => 1; object? _kept; void Start() => _kept = Current; object? K => _kept; }")]
    public Task Nor_is_what_a_class_was_handed(string source) => Look.At<RevealedAnalyzer>(source, "NHI002");
}

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI004.</summary>
public sealed class ToldTests
{
    [Theory]
    [InlineData("log.LogInformation(\"key {Key}\", [|provider.Current.Reveal()|]);")]
    [InlineData("log.LogInformation($\"key {[|provider.Current.Reveal()|]}\");")]
    [InlineData("var value = given.Reveal(); log.LogError(new InvalidOperationException(), \"refused: {Key}\", [|value|]);")]
    [InlineData("log.LogDebug(\"starts with {Key}\", [|provider.Current.Reveal()|].Substring(0, 4));")]
    [InlineData("log.LogDebug(\"{Login}\", new { Password = [|provider.Current.Reveal()|] });")]
    [InlineData("using var scope = log.BeginScope(new Dictionary<string, object> { [\"key\"] = [|provider.Current.Reveal()|] });")]
    [InlineData("log.Log(LogLevel.Debug, [|provider.Current.Reveal()|]);")]
    [InlineData("Console.WriteLine([|provider.Current.Reveal()|]);")]
    [InlineData("Console.Error.WriteLine(\"key \" + [|provider.Current.Reveal()|]);")]
    [InlineData("System.Diagnostics.Debug.WriteLine($\"key {[|provider.Current.Reveal()|]}\");")]
    [InlineData("throw new InvalidOperationException(\"refused \" + [|provider.Current.Reveal()|]);")]
    [InlineData("throw new InvalidOperationException($\"refused {[|given.Reveal()|]}\");")]
    [InlineData("var error = new InvalidOperationException(); error.Data[\"key\"] = [|provider.Current.Reveal()|]; throw error;")]
    [InlineData("System.Diagnostics.Activity.Current?.SetTag(\"key\", [|provider.Current.Reveal()|]);")]
    [InlineData("var activity = new System.Diagnostics.Activity(\"pay\"); activity.AddTag(\"key\", Convert.ToHexString([|provider.Current.RevealBytes()|].Span)); activity.DisplayName = [|provider.Current.Reveal()|];")]
    [InlineData("new System.Diagnostics.Metrics.Meter(\"m\").CreateCounter<long>(\"c\").Add(1, new KeyValuePair<string, object?>(\"key\", [|provider.Current.Reveal()|]));")]
    [InlineData("log.LogDebug(\"{Password}\", [|UsernamePassword.Parse(provider.Current)|].Password);")]
    [InlineData("provider.Derive(version => { log.LogDebug(\"now {Key}\", [|version.Reveal()|]); return new Partner(version.Reveal()); });")]
    [InlineData("foreach (var version in provider.Credentials.Presentable) { Console.WriteLine(\"{0}\", [|version.Reveal()|]); }")]
    public Task A_value_that_others_read_is_told(string body) => Look.Within<RevealedAnalyzer>(body, "NHI004");

    [Theory]
    [InlineData("class App(IRotatingCredentialProvider provider) { public override string ToString() => [|provider.Current.Reveal()|]; }")]
    [InlineData("class App(IRotatingCredentialProvider provider) { public override string ToString() { var text = \"key \" + provider.Current.Reveal(); return [|text|]; } }")]
    [InlineData("static partial class Log { [LoggerMessage(1, LogLevel.Debug, \"key {key}\")] public static partial void Key(this ILogger log, string key); public static partial void Key(this ILogger log, string key) { } } class App(IRotatingCredentialProvider provider, ILogger log) { void Pay() => log.Key([|provider.Current.Reveal()|]); }")]
    [InlineData("class App(IRotatingCredentialProvider provider, ILogger<App> log) { void Pay() => log.LogWarning(\"{Key}\", [|provider.Current.Reveal()|]); }")]
    [InlineData("[System.Diagnostics.Tracing.EventSource] class Events : System.Diagnostics.Tracing.EventSource { public void Paid(string key) => WriteEvent(1, key); } class App(IRotatingCredentialProvider provider) { void Pay(Events e) => e.Paid([|provider.Current.Reveal()|]); }")]
    public Task So_is_one_in_ToString_or_a_log_method(string source) => Look.At<RevealedAnalyzer>(source, "NHI004");

    [Theory]
    [InlineData("log.LogInformation(\"version {Version}\", provider.Current);")]
    [InlineData("log.LogInformation(\"version {Version}\", provider.Current.VersionId);")]
    [InlineData("log.LogInformation(\"length {Length}\", provider.Current.Reveal().Length);")]
    [InlineData("log.LogInformation(\"hash {Hash}\", Convert.ToHexString(SHA256.HashData(provider.Current.RevealBytes().Span)));")]
    [InlineData("throw new InvalidOperationException($\"{provider.Current} was refused\");")]
    [InlineData("var header = $\"Bearer {provider.Current.Reveal()}\"; request.Headers.Add(\"Authorization\", header);")]
    [InlineData("return provider.Current.Reveal().ToString();")]
    [InlineData("log.LogInformation(\"{Login}\", UsernamePassword.Parse(provider.Current));")]
    [InlineData("log.LogInformation(\"{User}\", UsernamePassword.Parse(provider.Current).Username);")]
    [InlineData("System.Diagnostics.Activity.Current?.SetTag(\"version\", provider.Current.VersionId);")]
    [InlineData("try { Use(provider.Current.Reveal()); } catch (Exception error) { log.LogError(error, \"refused\"); throw; }")]
    [InlineData("var value = provider.Current.Reveal(); if (Use(value) == 0) { log.LogInformation(\"nothing\"); }")]
    public Task What_names_the_version_is_not(string body) => Look.Within<RevealedAnalyzer>(body, "NHI004");
}

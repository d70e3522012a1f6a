using System.Text.Json;
using System.Text.Json.Serialization;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Http;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Tests.Support;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>ToString, JSON and debugger views of everything that holds a value.</summary>
[Collection(LeakCollection.Name)]
public sealed class ViewLeakTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly Output _output = new();

    [Fact]
    public async Task No_object_that_can_be_reached_from_a_provider_shows_a_value()
    {
        await using var engine = await RotatedEngineAsync();
        var provider = engine["stripe"];
        var text = provider.Derive(static credential => credential.Reveal());
        var bytes = provider.ForConsumer("billing").Derive(static credential => credential.RevealBytes().ToArray());
        Assert.Equal(Canary.Newer.Text, text.Current);
        Assert.Equal(Canary.Newer.Bytes, bytes.Current);

        var opened = DebuggerWalk.Open(_output, provider, text, bytes, engine.Ledger, engine.Ledger.GetUses(), provider.Match(Canary.Plain.Bytes, "partner"));

        Type[] expected = [typeof(Credential), typeof(CredentialSet), typeof(SecretValue), typeof(CredentialCore), typeof(LiveVersion), typeof(MatchTable), typeof(MatchTable.Entry), typeof(Derived<>), typeof(CredentialUse)];
        Assert.Empty(expected.Except(opened));
        _output.AssertSilent("ToString of Credential", "DebuggerDisplay of Credential", "ToString of Derived");
    }

    [Fact]
    public async Task No_public_object_serializes_a_value()
    {
        await using var engine = await RotatedEngineAsync();
        var provider = engine["stripe"];
        var version = new BackendVersion("v1", SecretValue.FromText(Canary.Plain.Text));
        var derived = provider.Derive(static credential => credential.Reveal());
        var json = new JsonSerializerOptions { IncludeFields = true, ReferenceHandler = ReferenceHandler.IgnoreCycles, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

        Serialize(provider.Current, json);
        Serialize(provider.Credentials, json);
        Serialize(provider, json);
        Serialize(derived, json);
        Serialize(provider.Derive(static credential => credential.RevealBytes().ToArray()), json);
        Serialize(provider.Match(Canary.Plain.Bytes, "partner"), json);
        Serialize(engine.Ledger.GetUses(), json);
        Serialize(version, json);
        Serialize(new BackendListing([version]), json);
        Serialize(new BackendResult(new BackendListing([version])), json);
        Serialize(SecretValue.FromBytes(Canary.Binary.Bytes), json);
        Serialize(new FileBackendOptions { FingerprintKey = Canary.FingerprintKey.Bytes }, json);
        Serialize(new CredentialOptions(), json);
        Serialize(new RotatingCredentialsOptions(), json);

        _output.AssertSilent("JSON of Credential", "JSON of IDerived`1", "JSON of FileBackendOptions", "JSON of BackendVersion");
    }

    [Fact]
    public async Task What_the_library_holds_for_a_moment_shows_nothing_either()
    {
        var credential = new Credential("stripe", "v1", SecretValue.FromText(Canary.Plain.Text));
        var json = new Credential("stripe", "v1", SecretValue.FromText(Canary.Json));
        Assert.Equal(Canary.Plain.Text, credential.Reveal());
        var document = ManifestParser.Parse(
            System.Text.Encoding.UTF8.GetBytes($$"""{ "versions": [ { "id": "v1", "value": "{{Canary.Plain.Text}}" } ] }"""), "/p", isDocument: true, new FileErrors("stripe"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://host/?a=1");
        var stamp = new CustomStamping(static (request, credential) => request.Headers.Add("X-Key", credential.Reveal())).Build(credential);
        var before = stamp.Apply(request, out _);
        await using var engine = await RotatedEngineAsync();

        var opened = DebuggerWalk.Open(
            _output,
            credential,
            new HeaderStamping("X-Key", "Token ").Build(credential),
            new BasicStamping("user").Build(credential),
            new BasicStamping(userName: null).Build(json),
            new QueryStamping("key").Build(credential),
            stamp,
            before!,
            document,
            FileImage.Content([.. Canary.Binary.Bytes], Canary.Binary.Bytes.Length, engine.Time.GetUtcNow(), UnixFileMode.UserRead),
            new FileBackendOptions { FingerprintKey = Canary.FingerprintKey.Bytes },
            new ValueId(Canary.FingerprintKey.Bytes),
            new BackendRequest("stripe", "key"),
            new ProbeResult(ProbeVerdict.Accepted, "200"));

        Type[] expected = [typeof(HeaderStamp), typeof(QueryStamp), typeof(CustomStamp), typeof(Manifest), typeof(ManifestVersion), typeof(FileImage), typeof(ValueId)];
        Assert.Empty(expected.Except(opened));
        _output.AssertSilent("ToString of HeaderStamp", "ToString of FileImage");
    }

    private static async Task<Engine> RotatedEngineAsync()
    {
        var backend = new ScriptedBackend().Put("v1", Canary.Plain.Text);
        var (engine, provider) = await Engine.StartAsync(backend);
        provider.Current.Reveal();
        backend.Put("v2", Canary.Newer.Text).Put("v3", Canary.Password.Text, VersionLabel.Pending);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Single(provider.Credentials.Previous);
        Assert.Single(provider.Credentials.Pending);
        return engine;
    }

    // As its declared type, which for an interface is what a web framework sees, and as its own.
    private void Serialize<T>(T value, JsonSerializerOptions options)
        where T : notnull
    {
        _output.Add($"JSON of {typeof(T).Name}", JsonSerializer.Serialize(value, options));
        _output.Add($"JSON of {value.GetType().Name}", JsonSerializer.Serialize(value, value.GetType(), options));
    }
}

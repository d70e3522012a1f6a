namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI008.</summary>
public sealed class BackendTests
{
    [Theory]
    [InlineData("var text = await ReadAsync(request.Key); _values[request.Key] = [|SecretValue.FromText(text)|]; return List(_values[request.Key]);")]
    [InlineData("var value = SecretValue.FromText(await ReadAsync(request.Key)); _last = [|value|]; return List(value);")]
    [InlineData("var version = new BackendVersion(\"1\", SecretValue.FromText(await ReadAsync(request.Key))); _object = [|version|]; return new BackendListing(new[] { version });")]
    [InlineData("var versions = new List<BackendVersion>(); versions.Add(new BackendVersion(\"1\", SecretValue.FromText(await ReadAsync(request.Key)))); var listing = new BackendListing([|versions|]); _object = listing; return listing;", "listing;")]
    [InlineData("var text = await ReadAsync(request.Key); _text = [|text|]; return List(SecretValue.FromText(text));")]
    [InlineData("var bytes = Encoding.UTF8.GetBytes(await ReadAsync(request.Key)); _object = [|bytes|]; return List(SecretValue.FromBytes(bytes));")]
    public Task A_backend_that_keeps_a_value_is_told(string body, string? marked = null) =>
        Backend(marked is null ? body : body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal).Replace($"_object = {marked}", $"_object = [|{marked[..^1]}|];", StringComparison.Ordinal));

    [Theory]
    [InlineData("var text = await ReadAsync(request.Key); log.LogDebug(\"read {Text}\", [|text|]); return List(SecretValue.FromText(text));")]
    [InlineData("var text = await ReadAsync(request.Key); if (text.Length < 8) { throw new FormatException($\"'{[|text|]}' is too short\"); } return List(SecretValue.FromText(text));")]
    [InlineData("if (await ReadAsync(request.Key) is { Length: > 0 } text) { Console.WriteLine([|text|]); return List(SecretValue.FromText(text)); } return List(null);")]
    [InlineData("var text = await ReadAsync(request.Key); System.Diagnostics.Activity.Current?.SetTag(\"text\", [|text|]); return List(SecretValue.FromText(text));")]
    [InlineData("var text = (await ReadAsync(request.Key)).Trim(); throw text == \"\" ? new BackendException(request.CredentialName, BackendFailure.InvalidContent, [|text|], \"Set it.\") : new FormatException(SecretValue.FromText(text).ToString());")]
    public Task So_is_one_that_tells_it(string body) => Backend(body);

    [Theory]
    [InlineData("return await [|Task.Run(() => Read(request.Key))|];")]
    [InlineData("return List(SecretValue.FromText([|ReadAsync(request.Key).Result|]));")]
    [InlineData("return List(SecretValue.FromText([|ReadAsync(request.Key).GetAwaiter().GetResult()|]));")]
    [InlineData("var reading = ReadAsync(request.Key); [|reading.Wait()|]; return List(null);")]
    [InlineData("[|Thread.Sleep(10)|]; return List(SecretValue.FromText(await ReadAsync(request.Key)));")]
    public Task So_is_one_that_blocks(string body) => Backend(body);

    [Theory]
    [InlineData("return List(SecretValue.FromText(await ReadAsync(request.Key)));")]
    [InlineData("var text = await ReadAsync(request.Key); log.LogDebug(\"read {Length} characters of {Key}\", text.Length, request.Key); return List(SecretValue.FromText(text));")]
    [InlineData("var text = await ReadAsync(request.Key); _object = SHA256.HashData(Encoding.UTF8.GetBytes(text)); return List(SecretValue.FromText(text));")]
    [InlineData("var key = request.Key; _text = key; log.LogDebug(\"asked for {Key}\", key); return List(SecretValue.FromText(await ReadAsync(key)));")]
    [InlineData("var all = new[] { ReadAsync(request.Key), ReadAsync(request.Key) }; await Task.WhenAll(all); return List(SecretValue.FromText(all[0].Result));")]
    [InlineData("return await Task.Run(() => Read(request.Key), ct).WaitAsync(ct);")]
    [InlineData("_object = Task.Run(() => PollAsync()); return List(null);")]
    [InlineData("return await Task.Run(() => ListAsync(request, ct).AsTask(), ct);")]
    [InlineData("var versions = new List<BackendVersion> { new(\"1\", SecretValue.FromText(await ReadAsync(request.Key))) }; return new BackendListing(versions);")]
    [InlineData("try { return List(SecretValue.FromText(await ReadAsync(request.Key))); } catch (FormatException error) { throw new BackendException(request.CredentialName, BackendFailure.InvalidContent, error.GetType().Name, \"Look.\"); }")]
    public Task One_that_lists_and_lets_go_is_not(string body) => Backend(body);

    [Theory]
    [InlineData("class Store { SecretValue? _kept; object? K => _kept; void Put(string text) { _kept = SecretValue.FromText(text); Console.WriteLine(text); Thread.Sleep(1); } }")]
    public Task Nor_is_a_class_that_is_no_backend(string source) => Look.At<BackendAnalyzer>(source);

    private static Task Backend(string body) =>
        Look.At<BackendAnalyzer>(
            $$"""
            sealed class Backend(ILogger log) : ICredentialBackend
            {
                private readonly Dictionary<string, SecretValue> _values = new();
                private SecretValue? _last;
                private object? _object;
                private string? _text;
                private object All => new object?[] { _last, _object, _text, log, _values };
                private async Task<string> ReadAsync(string key) { await Task.Yield(); return key; }
                private BackendListing Read(string key) => List(null);
                private Task PollAsync() => Task.CompletedTask;
                private static BackendListing List(SecretValue? value) => new(new[] { new BackendVersion("1", value) });
                public string Locate(string key) => key;
                public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
                {
                    await Task.Yield();
                    {{body}}
                }
            }
            """);
}

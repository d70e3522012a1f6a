namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>Each way in which a header can be bad, for each header that a scheme reads.</summary>
public sealed class BadHeaderTests
{
    private static readonly string Key = ApiKeyApp.Key("acme", 1);

    private static Dictionary<string, (string Name, string Value, Action<RotatingApiKeyOptions>? Configure)> Carriers => new()
    {
        ["key"] = ("X-Api-Key", Key, null),
        ["bearer"] = ("Authorization", $"Bearer {Key}", options => options.AuthorizationScheme = "Bearer"),
        ["client"] = ("X-Client-Id", "acme", options => options.ClientIdHeaderName = "X-Client-Id"),
    };

    private static Dictionary<string, (Func<string, string, string> Headers, string Status)> Bad => new()
    {
        ["twice"] = ((name, value) => $"{name}: {value}\r\n{name}: {value}\r\n", "401"),
        ["joined"] = ((name, value) => $"{name}: {value}, {value}\r\n", "401"),
        ["empty"] = ((name, _) => $"{name}:\r\n", "401"),
        ["blank"] = ((name, _) => $"{name}:   \t \r\n", "401"),
        ["missing"] = ((_, _) => "", "401"),
        ["too long"] = ((name, value) => $"{name}: {value}{new string('x', 600)}\r\n", "401"),
        ["1 MiB"] = ((name, value) => $"{name}: {value}{new string('x', 1 << 20)}\r\n", "431"),
        ["outside ASCII"] = ((name, value) => $"{name}: {value}é\r\n", "401"),
        ["NUL"] = ((name, value) => $"{name}: {value}\0\r\n", "400"),
        ["in another case"] = ((name, value) => $"{name}: {value.Replace("acme", "ACME", StringComparison.Ordinal)}\r\n", "401"),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (carrier, bad) in Carriers.Keys.SelectMany(carrier => Bad.Keys.Select(bad => (carrier, bad))))
            {
                cases.Add(carrier, bad);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_refused_and_nothing_of_it_is_in_the_answer_or_the_log(string carrier, string bad)
    {
        var (name, value, configure) = Carriers[carrier];
        var (headers, status) = Bad[bad];
        await using var app = await ApiKeyApp.StartAsync(
            options =>
            {
                options.AddClient("acme").AddClient("globex");
                configure?.Invoke(options);
            },
            "acme",
            "globex");
        var right = carrier == "client" ? $"X-Api-Key: {Key}\r\n" : "";
        Assert.StartsWith("HTTP/1.1 200", await app.SendRawAsync($"{right}{name}: {value}\r\n"), StringComparison.Ordinal);
        var uses = app.Ledger.GetUses().Sum(use => use.Uses);

        var answer = await app.SendRawAsync(right + headers(name, value));

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Message.Contains("CANARY", StringComparison.Ordinal));
        Assert.Equal(uses, app.Ledger.GetUses().Sum(use => use.Uses));
    }
}

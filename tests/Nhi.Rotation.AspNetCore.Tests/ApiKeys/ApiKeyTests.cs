using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

public sealed class ApiKeyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_has_the_current_key_is_the_client_with_claims_of_what_it_presented()
    {
        await using var app = await StartAsync();

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 1));

        Assert.Equal("acme acme acme v1 current", await answer.Content.ReadAsStringAsync(Ct));
        Assert.False(answer.Headers.Contains("Deprecation") || answer.Headers.Contains("Sunset"));
    }

    [Fact]
    public async Task In_overlap_both_keys_work_and_the_old_one_is_told_that_it_is_old_and_until_when()
    {
        await using var app = await StartAsync(options => options.DeprecationLink = new Uri("https://docs.example/rotate"));
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.RotateAsync("acme", 2);
        var replaced = app.Time.GetUtcNow();

        using var old = await app.SendAsync(ApiKeyApp.Key("acme", 1));
        using var current = await app.SendAsync(ApiKeyApp.Key("acme", 2));

        Assert.Equal("acme acme acme v1 previous", await old.Content.ReadAsStringAsync(Ct));
        Assert.Equal("acme acme acme v2 current", await current.Content.ReadAsStringAsync(Ct));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"@{replaced.ToUnixTimeSeconds()}"), Assert.Single(old.Headers.GetValues("Deprecation")));
        Assert.Equal(replaced.AddHours(1).ToString("R", CultureInfo.InvariantCulture), Assert.Single(old.Headers.GetValues("Sunset")));
        Assert.Equal("<https://docs.example/rotate>; rel=\"deprecation\"", Assert.Single(old.Headers.GetValues("Link")));
        Assert.False(current.Headers.Contains("Deprecation"));
    }

    [Fact]
    public async Task A_pending_key_is_accepted_so_that_clients_may_rotate_first()
    {
        await using var app = await StartAsync();
        app.Keys.SetLabel("acme", "v1", VersionLabel.Current);
        var next = app.Keys.Add("acme", ApiKeyApp.Key("acme", 2));
        app.Keys.SetLabel("acme", next, VersionLabel.Pending);
        await app.Provider("acme").RefreshAsync(RefreshReason.Requested, Ct);

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 2));

        Assert.Equal("acme acme acme v2 pending", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_retired_key_is_refused_recognised_named_and_counted()
    {
        await using var app = await StartAsync();
        await app.RotateAsync("acme", 2);
        app.Time.Advance(TimeSpan.FromHours(2));
        await WaitAsync(() => app.Provider("acme").Credentials.Previous.Count == 0);

        using var first = await app.SendAsync(ApiKeyApp.Key("acme", 1));
        using var second = await app.SendAsync(ApiKeyApp.Key("acme", 1));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (first.StatusCode, second.StatusCode));
        var warning = Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 400);
        Assert.Contains("client 'acme' at 127.0.0.1 presented version 'v1', which is Retired", warning.Message, StringComparison.Ordinal);
        var use = Assert.Single(app.Ledger.GetUses("acme"), use => use is { VersionId: "v1", Caller: not null });
        Assert.Matches("^acme at [0-9a-f]{12}$", use.Caller!);
        Assert.Equal((2L, 2L, "ApiKey"), (use.Uses, use.ResidualRetired, use.Consumer));
        Assert.Equal(VerdictKind.Violated, Assert.Single(app.Ledger.GetRotations("acme")).Verdict.Kind);

        app.Time.Advance(TimeSpan.FromSeconds(10));
        using var third = await app.SendAsync(ApiKeyApp.Key("acme", 1));
        Assert.Equal(2, app.Log.GetSnapshot().Count(entry => entry.Id.Id == 400));
    }

    [Fact]
    public async Task A_retired_an_unknown_and_a_strange_clients_key_get_the_same_answer()
    {
        await using var app = await StartAsync();
        await app.RotateAsync("acme", 2);
        await app.Provider("acme").RevokeAsync("v1", "leaked", Ct);

        var answers = new List<string>();
        foreach (var key in new[] { ApiKeyApp.Key("acme", 1), ApiKeyApp.Key("acme", 9), ApiKeyApp.Key("nobody", 1), "no-prefix", "_" })
        {
            using var answer = await app.SendAsync(key);
            Assert.Equal("ApiKey", answer.Headers.WwwAuthenticate.ToString());
            answers.Add($"{answer.StatusCode} {Detail(await answer.Content.ReadAsStringAsync(Ct))}");
        }

        Assert.Equal("Unauthorized The API key is not valid.", Assert.Single(answers.Distinct()));
        Assert.DoesNotContain(app.Ledger.GetUses("globex"), use => use.Uses > 0);
    }

    [Fact]
    public async Task A_key_of_one_client_does_not_open_another()
    {
        await using var app = await StartAsync(options => options.ClientIdHeaderName = "X-Client-Id");

        using var right = await app.SendAsync(headers => Set(headers, "acme", ApiKeyApp.Key("acme", 1)));
        using var wrong = await app.SendAsync(headers => Set(headers, "globex", ApiKeyApp.Key("acme", 1)));
        using var nobody = await app.SendAsync(headers => Set(headers, null, ApiKeyApp.Key("acme", 1)));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (right.StatusCode, wrong.StatusCode, nobody.StatusCode));
        Assert.Equal("The X-Client-Id header is needed once.", Detail(await nobody.Content.ReadAsStringAsync(Ct)));

        static void Set(System.Net.Http.Headers.HttpRequestHeaders headers, string? client, string key)
        {
            headers.TryAddWithoutValidation("X-Api-Key", key);
            if (client is not null)
            {
                headers.TryAddWithoutValidation("X-Client-Id", client);
            }
        }
    }

    [Fact]
    public async Task Keys_may_come_as_bearer_tokens_and_other_schemes_are_left_alone()
    {
        await using var app = await StartAsync(options => options.AuthorizationScheme = "Bearer");

        using var right = await app.SendAsync(headers => headers.Authorization = new("Bearer", ApiKeyApp.Key("acme", 1)));
        using var lower = await app.SendAsync(headers => headers.Authorization = new("bearer", ApiKeyApp.Key("acme", 1)));
        using var wrong = await app.SendAsync(headers => headers.Authorization = new("Bearer", ApiKeyApp.Key("acme", 7)));
        using var basic = await app.SendAsync(headers => headers.Authorization = new("Basic", "YTpi"));
        using var longer = await app.SendAsync(headers => headers.TryAddWithoutValidation("Authorization", "Bearerish x"));
        using var nothing = await app.SendAsync(headers => headers.TryAddWithoutValidation("Authorization", "Bearer"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (right.StatusCode, lower.StatusCode));
        Assert.Equal("Bearer error=\"invalid_token\"", wrong.Headers.WwwAuthenticate.ToString());
        Assert.Equal(["Bearer", "Bearer"], new[] { basic, longer }.Select(answer => answer.Headers.WwwAuthenticate.ToString()));
        Assert.Equal("The API key is empty.", Detail(await nothing.Content.ReadAsStringAsync(Ct)));
    }

    [Theory]
    [InlineData("", "The API key is empty.")]
    [InlineData("key with space", "The API key contains characters other than visible ASCII.")]
    [InlineData("schlüssel", "The API key contains characters other than visible ASCII.")]
    [InlineData("tab\tkey", "The API key contains characters other than visible ASCII.")]
    public async Task What_cannot_be_a_key_is_refused_with_a_reason(string key, string reason)
    {
        await using var app = await StartAsync();

        var answer = await app.SendRawAsync($"X-Api-Key: {key}\r\n");

        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Ledger.GetUses(), use => use.Uses > 0);
    }

    [Fact]
    public async Task A_header_sent_twice_is_refused_even_if_both_are_right()
    {
        await using var app = await StartAsync();
        var header = $"X-Api-Key: {ApiKeyApp.Key("acme", 1)}\r\n";

        Assert.Contains("The X-Api-Key header was sent more than once.", await app.SendRawAsync(header + header), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_key_is_refused_unread_and_a_huge_one_or_a_nul_by_the_server()
    {
        await using var app = await StartAsync();

        Assert.Contains("longer than 512 characters", await app.SendRawAsync($"X-Api-Key: acme_{new string('x', 600)}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", await app.SendRawAsync($"X-Api-Key: {new string('x', 1 << 20)}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await app.SendRawAsync("X-Api-Key: acme_\0\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_has_no_key_to_compare_with_says_so_instead_of_calling_the_callers_key_wrong()
    {
        await using var app = await StartAsync();
        await app.Provider("acme").RevokeAsync("v1", "leaked", Ct);

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 2));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("API keys cannot be checked at the moment.", Detail(await answer.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task A_request_without_a_key_is_told_where_to_put_one()
    {
        await using var app = await StartAsync();

        using var answer = await app.SendAsync(key: null);

        Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType!));
        Assert.Equal("An API key is needed in the X-Api-Key header.", Detail(await answer.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task No_key_is_in_an_answer_or_in_the_log()
    {
        await using var app = await StartAsync();
        await app.RotateAsync("acme", 2);
        await app.Provider("acme").RevokeAsync("v1", "leaked", Ct);
        var answers = new StringBuilder();
        foreach (var key in new[] { ApiKeyApp.Key("acme", 1), ApiKeyApp.Key("acme", 2), ApiKeyApp.Key("acme", 3), ApiKeyApp.Key("nobody", 1), ApiKeyApp.Key("acme", 1) + " x" })
        {
            using var answer = await app.SendAsync(key);
            answers.Append(answer).Append(await answer.Content.ReadAsStringAsync(Ct));
        }

        Assert.DoesNotContain("CANARY", answers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            app.Log.GetSnapshot(),
            entry => $"{entry.Message} {entry.Exception} {string.Join(' ', entry.StructuredState?.Select(pair => pair.Value) ?? [])}".Contains("CANARY", StringComparison.Ordinal));
    }

    private static Task<ApiKeyApp> StartAsync(Action<RotatingApiKeyOptions>? configure = null) => ApiKeyApp.StartAsync(
        options =>
        {
            options.AddClient("acme").AddClient("globex");
            configure?.Invoke(options);
        },
        "acme",
        "globex");

    private static string Detail(string problem) => JsonDocument.Parse(problem).RootElement.GetProperty("detail").GetString()!;

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>WIT-SVIDs as credentials: a token and the key that it is bound to, pushed like certificates.</summary>
public sealed class WitSvidTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Malformed => new()
    {
        { "type", "is not of the type wit+jwt" },
        { "kid", "does not say which key signed it" },
        { "algorithm", "is signed with an algorithm that the standard does not have" },
        { "subject", "has no SPIFFE ID of a workload" },
        { "other subject", "is of somebody else than the message says" },
        { "no end", "has no date of expiry" },
        { "expired", "expired at" },
        { "audience", "is for an audience" },
        { "no confirmation", "is bound to another key than it came with" },
        { "foreign confirmation", "is bound to another key than it came with" },
        { "confirmation without algorithm", "is bound to another key than it came with" },
    };

    [Fact]
    public async Task What_is_pushed_is_in_use_with_its_key()
    {
        await using var agent = await TestAgent.StartAsync("example.org", [new("/default", "", TestAgent.Life), new("/in", "internal", TestAgent.Life)]);
        await using var workload = new TestWorkload(agent, more: static credentials => credentials.AddCredential("wit", c => c.FromSpiffeWit()).AddCredential("inside", c => c.FromSpiffeWit("internal")));
        var wit = Provider(workload, "wit").Derive(WitSvid.Parse);
        await Provider(workload, "wit").GetCurrentAsync(Ct);
        var first = wit.Current;

        Assert.Equal("spiffe://example.org/default", first.Id.ToString());
        Assert.True(first.Key.HasPrivateKey);
        Assert.Equal("spiffe://example.org/in", WitSvid.Parse(await Provider(workload, "inside").GetCurrentAsync(Ct)).Id.ToString());
        Assert.DoesNotContain(first.Token, JsonSerializer.Serialize(new { first.Id, first }), StringComparison.Ordinal);

        await Eventually.TrueAsync(() => workload.Log.Lines.Any(line => line.StartsWith("560 ", StringComparison.Ordinal) && line.Contains("WIT-SVIDs", StringComparison.Ordinal)));
        agent.State.Renew();
        await Eventually.TrueAsync(() => wit.Current.Token != first.Token);
        Assert.NotEqual(first.Key.D, wit.Current.Key.D);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task One_that_breaks_a_rule_changes_nothing(string how, string text)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent, more: static credentials => credentials.AddCredential("wit", c => c.FromSpiffeWit()));
        var before = await Provider(workload, "wit").GetCurrentAsync(Ct);

        agent.State.DistortToken = (header, claims) => Distort(header, claims, how);
        agent.State.Renew();
        var error = await Assert.ThrowsAsync<BackendException>(async () => await Provider(workload, "wit").RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Same(before, Provider(workload, "wit").Current);
    }

    [Fact]
    public async Task An_agent_without_them_is_asked_once_and_serves_the_others()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        agent.State.RefusesTokens = StatusCode.Unimplemented;
        await using var workload = await new TestWorkload(agent, more: static credentials => credentials.AddCredential("wit", c => c.FromSpiffeWit())).LoadAsync();
        var error = await Assert.ThrowsAsync<BackendException>(async () => await Provider(workload, "wit").RefreshAsync(RefreshReason.Requested, Ct));
        await Eventually.TrueAsync(() => workload.Log.Count(562) == 1);
        var calls = agent.State.Calls("FetchWITSVID");

        await Assert.ThrowsAsync<BackendException>(async () => await Provider(workload, "wit").RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Equal(calls, agent.State.Calls("FetchWITSVID"));
        Assert.NotNull(workload.Serial);
    }

    [Fact]
    public void A_value_that_is_none_is_an_error_without_the_value()
    {
        var error = Assert.Throws<CredentialFormatException>(() => WitSvid.Parse(new Credential("wit", "1", SecretValue.FromText("""{"wit":"secret-token","key":"{}"}"""))));

        Assert.DoesNotContain("secret-token", error.ToString(), StringComparison.Ordinal);
        Assert.Throws<CredentialFormatException>(() => WitSvid.Parse(new Credential("wit", "1", SecretValue.FromText("no JSON"))));
    }

    private static IRotatingCredentialProvider Provider(TestWorkload workload, string name) => workload.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name);

    private static void Distort(JsonObject header, JsonObject claims, string how)
    {
        switch (how)
        {
            case "type": header["typ"] = "JWT"; break;
            case "kid": header.Remove("kid"); break;
            case "algorithm": header["alg"] = "HS256"; break;
            case "subject": claims["sub"] = "spiffe://example.org"; break;
            case "other subject": claims["sub"] = "spiffe://example.org/other"; break;
            case "no end": claims.Remove("exp"); break;
            case "expired": claims["exp"] = (long)claims["exp"]! - 7200; break;
            case "audience": claims["aud"] = "orders"; break;
            case "no confirmation": claims.Remove("cnf"); break;
            case "foreign confirmation": claims["cnf"]!["jwk"]!["x"] = claims["cnf"]!["jwk"]!["y"]!.DeepClone(); break;
            case "confirmation without algorithm": claims["cnf"]!["jwk"]!.AsObject().Remove("alg"); break;
            default: throw new ArgumentOutOfRangeException(nameof(how));
        }
    }
}

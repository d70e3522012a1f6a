using CsCheck;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>The measure: whatever store and partner do, a call fails only if nothing at hand works.</summary>
public sealed class ScheduleTests
{
    private static readonly Gen<int[]> Schedules = Gen.Int[0, 100_000].Array[1, 16];

    [Fact]
    public async Task No_request_fails_while_an_accepted_version_is_at_hand() =>
        await PlayAsync(static (provider, world) => new HttpCaller(provider, world), schedules: 20_000, minCalls: 80_000);

    [Fact]
    public async Task No_request_fails_while_an_accepted_version_is_at_hand_where_the_store_has_one_value() =>
        await PlayAsync(static (provider, world) => new HttpCaller(provider, world), schedules: 10_000, minCalls: 40_000, hasOneValue: true);

    [Fact]
    public async Task No_gRPC_call_fails_while_an_accepted_version_is_at_hand() =>
        await PlayAsync(static (provider, world) => new GrpcCaller(provider, world), schedules: 2_000, minCalls: 8_000);

    [Fact]
    public async Task No_token_request_fails_while_an_accepted_version_is_at_hand() =>
        await PlayAsync(static (provider, world) => new OAuthCaller(provider, world), schedules: 2_000, minCalls: 8_000);

    [Fact]
    public async Task No_Redis_connect_fails_while_an_accepted_version_is_at_hand() =>
        await PlayAsync(static (provider, world) => new RedisCaller(provider, world), schedules: 2_000, minCalls: 8_000);

    [Fact]
    public async Task No_database_login_fails_while_an_accepted_version_is_at_hand() =>
        await PlayAsync(static (provider, world) => new NpgsqlCaller(provider, world), schedules: 2_000, minCalls: 8_000);

    [Theory]
    [InlineData("HttpClient")]
    [InlineData("gRPC")]
    [InlineData("OAuth")]
    [InlineData("Redis")]
    [InlineData("Npgsql")]
    public async Task A_rotation_that_the_partner_makes_first_costs_no_failed_call(string adapter)
    {
        // The store gains v1, the partner takes the newest only, a call.
        var (failure, calls) = await PartnerWorld.PlayAsync([0, 2, 10], (provider, world) => adapter switch
        {
            "HttpClient" => new HttpCaller(provider, world),
            "gRPC" => new GrpcCaller(provider, world),
            "Redis" => new RedisCaller(provider, world),
            "Npgsql" => new NpgsqlCaller(provider, world),
            _ => new OAuthCaller(provider, world),
        }, mustSucceed: true);

        Assert.Null(failure);
        Assert.Equal(1, calls);
    }

    private static async Task PlayAsync(Func<IRotatingCredentialProvider, PartnerWorld, PartnerWorld.IClient> connect, int schedules, int minCalls, bool hasOneValue = false)
    {
        var calls = 0L;
        await Schedules.SampleAsync(
            async moves =>
            {
                var (failure, made) = await PartnerWorld.PlayAsync(moves, connect, hasOneValue: hasOneValue);
                Interlocked.Add(ref calls, made);
                Assert.True(failure is null, failure);
            },
            iter: schedules);
        TestContext.Current.SendDiagnosticMessage($"{calls:N0} calls");
        Assert.True(calls >= minCalls, $"only {calls} calls were made");
    }
}

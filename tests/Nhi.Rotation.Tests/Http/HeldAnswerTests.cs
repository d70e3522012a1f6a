using System.Net;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.Tests.Support;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Tests.Http;

/// <summary>An answer that goes on is a use of the version that asked for it.</summary>
public sealed class HeldAnswerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_holds_its_version_until_it_has_been_read_to_its_end()
    {
        var end = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.Stream(
            async stream =>
            {
                await stream.WriteAsync("data: 1\n\n"u8.ToArray());
                await stream.FlushAsync();
                await end.Task;
            },
            "text/event-stream"));
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var answer = await clients.Client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
        Assert.Equal("data: 1", await events.ReadLineAsync(Ct));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((1L, 1), Uses(engine));

        end.SetResult();
        await events.ReadToEndAsync(Ct);

        Assert.Equal((1L, 0), Uses(engine));
    }

    [Fact]
    public async Task One_that_is_disposed_or_dropped_ends()
    {
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.Stream(stream => stream.WriteAsync(new byte[200_000]).AsTask()));
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        var answer = await clients.Client.GetAsync("download", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal((1L, 1), Uses(engine));
        answer.Dispose();
        Assert.Equal((1L, 0), Uses(engine));

        await DropAsync(clients.Client);
        await Eventually.TrueAsync(() => !IsHeldAfterCollection(engine), () => "the dropped answer is still held");
        Assert.Equal((2L, 0), Uses(engine));
        Assert.Equal(0, engine.Ledger.GetUses().Sum(use => use.LostHolds));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_is_buffered_has_ended(bool isSynchronous)
    {
        await using var server = await LoopbackServer.StartAsync((_, _) => Results.Stream(stream => stream.WriteAsync(new byte[200_000]).AsTask()));
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        using var request = new HttpRequestMessage(HttpMethod.Get, "download");

        using var answer = isSynchronous ? clients.Client.Send(request, Ct) : await clients.Client.SendAsync(request, Ct);

        Assert.Equal(200_000, (await answer.Content.ReadAsByteArrayAsync(Ct)).Length);
        Assert.Equal((1L, 0), Uses(engine));
    }

    [Theory]
    [InlineData(65_536, false)]
    [InlineData(65_537, true)]
    public void A_short_answer_costs_nothing(long length, bool isLong)
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(Stream.Null) };
        answer.Content.Headers.ContentLength = length;

        Assert.Equal(isLong, Rotation.Http.AnswerLength.IsLong(answer));
    }

    [Fact]
    public void What_is_in_memory_or_has_no_content_is_not_long()
    {
        using var memory = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(new string('x', 100_000)) };
        using var nothing = new HttpResponseMessage(HttpStatusCode.OK);
        using var unknown = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(Stream.Null) };
        using var without = new HttpResponseMessage(HttpStatusCode.NoContent) { Content = new StreamContent(Stream.Null) };

        Assert.Equal(
            (false, false, true, false),
            (Rotation.Http.AnswerLength.IsLong(memory), Rotation.Http.AnswerLength.IsLong(nothing), Rotation.Http.AnswerLength.IsLong(unknown), Rotation.Http.AnswerLength.IsLong(without)));
    }

    private static async Task DropAsync(HttpClient client) => _ = await client.GetAsync("download", HttpCompletionOption.ResponseHeadersRead, Ct);

    private static bool IsHeldAfterCollection(Engine engine)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Uses(engine).Held > 0;
    }

    private static (long Uses, int Held) Uses(Engine engine)
    {
        var uses = engine.Ledger.GetUses().Where(use => use.Consumer == "charges").ToArray();
        return (uses.Sum(use => use.Uses), uses.Sum(use => use.Held));
    }
}

using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Clients.Tests;

public sealed class AzureTests
{
    [Fact]
    public async Task A_client_sends_the_new_key_with_its_next_request()
    {
        var ct = TestContext.Current.CancellationToken;
        var seen = new List<string>();
        await using var server = await TestApp.ServeAsync(context =>
        {
            seen.Add(context.Request.Headers["api-key"].ToString());
            return Task.CompletedTask;
        });
        await using var app = new TestApp("first", credentials => credentials.AddAzureKeyCredential("key"));
        var key = app.Services.GetRequiredKeyedService<AzureKeyCredential>("key");
        var old = app.Key.Current.VersionId;
        var pipeline = HttpPipelineBuilder.Build(new Options(), new KeyPolicy(key));

        await SendAsync(pipeline, server.Urls.First(), ct);
        Assert.Equal(1, app.Held(old));
        var current = await app.RotateAsync("second");
        await SendAsync(pipeline, server.Urls.First(), ct);

        Assert.Equal(["first", "second"], seen);
        Assert.Equal((0, 1), (app.Held(old), app.Held(current)));
        Assert.All(app.Uses(old), use => Assert.Equal(nameof(AzureKeyCredential), use.Consumer));
        GC.KeepAlive(key);
    }

    [Fact]
    public async Task Named_keys_and_signatures_follow_too()
    {
        await using var app = new TestApp("first");
        var named = app.Key.ToAzureNamedKeyCredential("account");
        var signature = app.Key.ToAzureSasCredential();

        await app.RotateAsync("second");

        var (name, key) = named;
        Assert.Equal(("account", "second", "second"), (name, key, signature.Signature));
    }

    [Theory]
    [InlineData("sec\nond")]
    [InlineData("sec\rond")]
    [InlineData(" second")]
    [InlineData("sec\0ond")]
    public async Task A_key_that_no_request_could_carry_is_not_taken_over(string value)
    {
        await using var app = new TestApp("first");
        var old = (await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken)).VersionId;
        var key = app.Key.ToAzureKeyCredential();
        var (named, signature) = (app.Key.ToAzureNamedKeyCredential("account"), app.Key.ToAzureSasCredential());

        await app.RotateAsync(value);

        Assert.Equal(("first", "first"), (key.Key, signature.Signature));
        Assert.Equal(3, app.Held(old));
        await app.RotateAsync("third");
        Assert.Equal(("third", "third"), (key.Key, signature.Signature));
        GC.KeepAlive(named);
    }

    [Fact]
    public async Task An_update_that_fails_leaves_the_old_version_held()
    {
        await using var app = new TestApp("good");
        var target = new object();
        var old = (await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken)).VersionId;
        using var following = app.Key.Follow(target, static (_, credential) =>
        {
            if (credential.Reveal() == "bad")
            {
                throw new FormatException("bad");
            }
        });

        await app.RotateAsync("bad");
        Assert.Equal(1, app.Held(old));
        await app.RotateAsync("fine");

        Assert.Equal(0, app.Held(old));
        GC.KeepAlive(target);
    }

    private static async Task SendAsync(HttpPipeline pipeline, string address, CancellationToken ct)
    {
        using var request = pipeline.CreateRequest();
        request.Uri.Reset(new Uri(address));
        using var response = await pipeline.SendRequestAsync(request, ct);
        Assert.Equal(200, response.Status);
    }

    private sealed class Options : ClientOptions;

    // What clients of the SDK do: read the key for each request.
    private sealed class KeyPolicy(AzureKeyCredential key) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) => message.Request.Headers.SetValue("api-key", key.Key);
    }
}

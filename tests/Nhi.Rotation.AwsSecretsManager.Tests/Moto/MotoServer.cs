using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Moto;

/// <summary>A real process of moto, which plays AWS for the Python world: Secrets Manager, Parameter Store and SQS as somebody else understood them.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private const string Region = "eu-west-1";
    private const string Running = " * Running on ";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();
    private Process? _process;
    private string? _missing;

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it on a port of its own choice. Where it is missing, tests are skipped by <see cref="Need"/>.</summary>
    public async ValueTask InitializeAsync()
    {
        if (Installed.Find("python3") is not { } python)
        {
            _missing = "'python3' is not installed: apt-get install python3";
            return;
        }

        _process = Process.Start(new ProcessStartInfo(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var address = new TaskCompletionSource<Uri?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = "nothing";
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                address.TrySetResult(null);
            }
            else if (line.Data.StartsWith(Running, StringComparison.Ordinal))
            {
                address.TrySetResult(new Uri(line.Data[Running.Length..].Trim()));
            }
            else
            {
                said = line.Data;
            }
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        if (await address.Task.WaitAsync(Deadline) is { } found)
        {
            Address = found;
        }
        else
        {
            _missing = $"moto did not start: python3 -m pip install 'moto[server]'. It said: {said}";
        }
    }

    /// <summary>Skips the running test if there is no moto.</summary>
    public void Need()
    {
        if (_missing is { } reason)
        {
            Installed.SkipUnlessInCi(reason);
        }
    }

    /// <summary>What points an app's AWS settings at it.</summary>
    public AWSOptions Options()
    {
        var options = new AWSOptions { Credentials = new BasicAWSCredentials("AKIAMOTO", "moto") };
        options.DefaultClientConfig.ServiceURL = Address.ToString();
        options.DefaultClientConfig.AuthenticationRegion = Region;
        return options;
    }

    /// <summary>An operation, such as <c>secretsmanager.CreateSecret</c>, as any client would send it. moto looks into no signature.</summary>
    public async Task<JsonObject> DoAsync(string target, object input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new StringContent(JsonSerializer.Serialize(input), new MediaTypeHeaderValue("application/x-amz-json-1.1")) };
        request.Headers.Add("X-Amz-Target", target);
        var service = target.StartsWith("secretsmanager", StringComparison.Ordinal) ? "secretsmanager" : target.StartsWith("AmazonSSM", StringComparison.Ordinal) ? "ssm" : "sqs";
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=AKIAMOTO/20260101/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{target}: {body}");
        return body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
    }

    public async Task<Uri> MakeQueueAsync(string name) => new((await DoAsync("AmazonSQS.CreateQueue", new { QueueName = name }))["QueueUrl"]!.GetValue<string>());

    public Task SendAsync(Uri queue, string body) => DoAsync("AmazonSQS.SendMessage", new { QueueUrl = queue.ToString(), MessageBody = body });

    /// <summary>Whether every message was read and deleted.</summary>
    public async Task<bool> IsEmptyAsync(Uri queue)
    {
        var attributes = (await DoAsync("AmazonSQS.GetQueueAttributes", new { QueueUrl = queue.ToString(), AttributeNames = (string[])["All"] }))["Attributes"]!;
        return (attributes["ApproximateNumberOfMessages"]!.GetValue<string>(), attributes["ApproximateNumberOfMessagesNotVisible"]!.GetValue<string>()) is ("0", "0");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}

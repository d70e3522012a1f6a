using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Nhi.Rotation.AwsSecretsManager.Tests.OfficialClient;

/// <summary>The API model of a service, from which every AWS SDK is generated, as botocore ships it.</summary>
internal sealed class ApiModel
{
    // Debian's own, which is the one that its python3-botocore belongs to.
    private const string Python = "/usr/bin/python3";

    private readonly JsonObject _model;

    private ApiModel(JsonObject model) => _model = model;

    public static ApiModel Read(string service, string version)
    {
        if (FindBotocore() is not { } botocore)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "python3-botocore is not installed: apt-get install python3-boto3");
            Assert.Skip("python3-botocore is not installed: apt-get install python3-boto3");
            throw new InvalidOperationException();
        }

        var model = Parse(Path.Combine(botocore, "data", service, version, "service-2.json"));
        var extras = Path.Combine(AppContext.BaseDirectory, "conformance", "models", service, version, "service-2.sdk-extras.json");
        if (File.Exists(extras))
        {
            Merge(model, JsonNode.Parse(File.ReadAllText(extras))!["merge"]!.AsObject());
        }

        return new ApiModel(model);
    }

    public JsonObject Operation(string name) => _model["operations"]![name]!.AsObject();

    public JsonObject Shape(string name) => _model["shapes"]![name]!.AsObject();

    private static JsonObject Parse(string path)
    {
        if (File.Exists(path))
        {
            return JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        }

        using var packed = new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress);
        return JsonNode.Parse(packed)!.AsObject();
    }

    // What the model has already stays as it is: the extras are for releases that are older than an operation.
    private static void Merge(JsonObject into, JsonObject extras)
    {
        foreach (var (name, extra) in extras)
        {
            if (into[name] is not { } known)
            {
                into[name] = extra!.DeepClone();
            }
            else if (known is JsonObject inner && extra is JsonObject more)
            {
                Merge(inner, more);
            }
        }
    }

    private static string? FindBotocore()
    {
        if (!File.Exists(Python))
        {
            return null;
        }

        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import botocore; print(botocore.__path__[0])"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        return process.ExitCode == 0 ? output.Trim() : null;
    }
}

using System.Text;
using System.Text.Json.Nodes;

namespace Nhi.Rotation.AwsSecretsManager.Tests.OfficialClient;

/// <summary>
/// The types that the AWS SDK for .NET, version 4, has for operations of a service: made from the API model by the same rules, which a test holds against a package
/// of that SDK that is at hand.
/// </summary>
internal sealed class SdkShapes
{
    private readonly ApiModel _model;
    private readonly Dictionary<string, Dictionary<string, string>> _classes = [];

    public SdkShapes(ApiModel model, params string[] operations)
    {
        _model = model;
        Operations = operations;
        foreach (var operation in operations)
        {
            Add(operation + "Request", (string)_model.Operation(operation)["input"]!["shape"]!);
            Add(operation + "Response", (string)_model.Operation(operation)["output"]!["shape"]!);
        }
    }

    public IReadOnlyList<string> Operations { get; }

    /// <summary>Each class with its properties and their types.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, string>> Classes => _classes;

    /// <summary>The source of the client's interface and of all classes.</summary>
    public string ToSource(string service)
    {
        var text = new StringBuilder()
            .AppendLine("#nullable disable")
            .AppendLine($"namespace Amazon.{service}")
            .AppendLine("{")
            .AppendLine($"public interface IAmazon{service} : Amazon.Runtime.IAmazonService, System.IDisposable")
            .AppendLine("{");
        foreach (var operation in Operations)
        {
            text.AppendLine($"System.Threading.Tasks.Task<Model.{operation}Response> {operation}Async(Model.{operation}Request request, System.Threading.CancellationToken cancellationToken = default);");
        }

        text.AppendLine("static Amazon.Runtime.ClientConfig Amazon.Runtime.IAmazonService.CreateDefaultClientConfig() => throw new System.NotSupportedException();")
            .AppendLine("static Amazon.Runtime.IAmazonService Amazon.Runtime.IAmazonService.CreateDefaultServiceClient(Amazon.Runtime.AWSCredentials c, Amazon.Runtime.ClientConfig d) => throw new System.NotSupportedException();")
            .AppendLine("}").AppendLine("}").AppendLine($"namespace Amazon.{service}.Model").AppendLine("{");
        foreach (var (name, members) in _classes)
        {
            var parent = name.EndsWith("Request", StringComparison.Ordinal) ? " : Amazon.Runtime.AmazonWebServiceRequest" : name.EndsWith("Response", StringComparison.Ordinal) ? " : Amazon.Runtime.AmazonWebServiceResponse" : "";
            text.AppendLine($"public partial class {name}{parent}").AppendLine("{");
            foreach (var (member, type) in members)
            {
                text.AppendLine($"public {type} {member} {{ get; set; }}");
            }

            text.AppendLine("}");
        }

        return text.AppendLine("}").ToString();
    }

    private void Add(string className, string shape)
    {
        if (_classes.ContainsKey(className))
        {
            return;
        }

        var members = new Dictionary<string, string>();
        _classes.Add(className, members);
        foreach (var (name, member) in _model.Shape(shape)["members"]?.AsObject() ?? [])
        {
            members.Add(char.ToUpperInvariant(name[0]) + name[1..], TypeOf((string)member!["shape"]!, isNullable: true));
        }
    }

    private string TypeOf(string shape, bool isNullable)
    {
        var definition = _model.Shape(shape);
        var optional = isNullable ? "?" : "";
        switch ((string)definition["type"]!)
        {
            // The SDK has a class for each; as text it can be compared, and nothing here uses one.
            case "string":
                return "string";
            case "timestamp":
                return "System.DateTime" + optional;
            case "boolean":
                return "bool" + optional;
            case "integer":
                return "int" + optional;
            case "long":
                return "long" + optional;
            case "double":
                return "double" + optional;
            case "blob":
                return "System.IO.MemoryStream";
            case "list":
                return $"System.Collections.Generic.List<{TypeOf(Name(definition["member"]), isNullable: false)}>";
            case "map":
                return $"System.Collections.Generic.Dictionary<{TypeOf(Name(definition["key"]), isNullable: false)}, {TypeOf(Name(definition["value"]), isNullable: false)}>";
            case "structure":
                Add(shape, shape);
                return shape;
            case var other:
                throw new NotSupportedException(other);
        }
    }

    private static string Name(JsonNode? reference) => (string)reference!["shape"]!;
}

using System.Buffers;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Amazon.SecretsManager.Model.Internal;

/// <summary>Writes a request in the AWS JSON 1.1 protocol: a POST to / with the operation in a header and its members as a JSON object.</summary>
internal abstract class SecretsManagerRequestMarshaller<TRequest> : IMarshaller<IRequest, AmazonWebServiceRequest>
    where TRequest : AmazonWebServiceRequest
{
    private readonly string _target;

    protected SecretsManagerRequestMarshaller(string operation) => _target = "secretsmanager." + operation;

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            WriteMembers((TRequest)input, writer);
            writer.WriteEndObject();
        }

        var request = new DefaultRequest(input, "Amazon.SecretsManager")
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = body.WrittenSpan.ToArray(),
        };
        request.Headers["X-Amz-Target"] = _target;
        request.Headers["Content-Type"] = "application/x-amz-json-1.1";
        return request;
    }

    protected abstract void WriteMembers(TRequest request, Utf8JsonWriter writer);
}

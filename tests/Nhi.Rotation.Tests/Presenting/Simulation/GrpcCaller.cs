using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>The real interceptor; what it calls is the partner.</summary>
internal sealed class GrpcCaller(IRotatingCredentialProvider provider, PartnerWorld world) : PartnerWorld.IClient
{
    private static readonly Method<string, string> Echo = new(MethodType.Unary, "test.Partner", "Echo", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    private readonly Interceptor _interceptor = provider.ToGrpcInterceptor("key", prefix: string.Empty, new PresenterOptions { Time = world.Time });

    public async Task<bool> CallAsync()
    {
        using var call = _interceptor.AsyncUnaryCall("x", new ClientInterceptorContext<string, string>(Echo, host: null, default), (_, context) => new AsyncUnaryCall<string>(
            world.Accepts(context.Options.Headers!.GetValue("key"))
                ? Task.FromResult("y")
                : Task.FromException<string>(new RpcException(new Status(StatusCode.Unauthenticated, "refused"))),
            Task.FromResult(Metadata.Empty),
            static () => Status.DefaultSuccess,
            static () => [],
            static () => { }));
        try
        {
            await call.ResponseAsync;
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    public void Dispose()
    {
    }
}

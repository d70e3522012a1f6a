using Amazon.Runtime.Internal;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Puts a <see cref="RefusalHandler"/> into each client that is made from now on; it does nothing for clients with other credentials.</summary>
internal sealed class RefusalCustomizer : IRuntimePipelineCustomizer
{
    private static readonly RefusalCustomizer Instance = new();

    public string UniqueName => typeof(RefusalCustomizer).FullName!;

    /// <summary>The SDK keeps one of a name.</summary>
    public static void Register() => RuntimePipelineCustomizerRegistry.Instance.Register(Instance);

    // Above the marshaller: a request that is made again begins without what was signed before.
    public void Customize(Type type, RuntimePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline.AddHandlerBefore<Marshaller>(new RefusalHandler());
    }
}

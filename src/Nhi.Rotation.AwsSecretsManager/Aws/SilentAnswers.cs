using Amazon.Runtime.Internal;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>
/// Keeps the answers of a client out of the SDK's response logging, whatever the configuration says: they carry values. It holds for clients that are made within <see cref="Make"/>, and for no other.
/// </summary>
internal sealed class SilentAnswers : IRuntimePipelineCustomizer
{
    private static readonly SilentAnswers Instance = new();

    // A client makes its pipeline while it is constructed, on the thread that constructs it.
    [ThreadStatic]
    private static bool _isMaking;

    // Each package that is built with this file has its own: of one name the SDK keeps the first.
    public string UniqueName => typeof(SilentAnswers).AssemblyQualifiedName!;

    public static T Make<T>(Func<T> make)
    {
        RuntimePipelineCustomizerRegistry.Instance.Register(Instance);
        _isMaking = true;
        try
        {
            return make();
        }
        finally
        {
            _isMaking = false;
        }
    }

    public void Customize(Type type, RuntimePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        if (_isMaking)
        {
            pipeline.ReplaceHandler<Unmarshaller>(new Unmarshaller(supportsResponseLogging: false));
        }
    }
}

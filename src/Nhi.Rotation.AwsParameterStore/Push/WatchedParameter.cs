using Nhi.Rotation.AwsParameterStore.Parameters;

namespace Nhi.Rotation.AwsParameterStore.Push;

/// <summary>A parameter that a credential of this app is stored in.</summary>
internal sealed record WatchedParameter(ParameterAddress Address);

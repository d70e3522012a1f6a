using System.Runtime.CompilerServices;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The AWS SDK finds nothing on this machine that a test did not give it: no region, no profile, no metadata service.</summary>
internal static class BareMachine
{
    // Before the SDK reads any of it, which it does once for a process.
    [ModuleInitializer]
    internal static void Make()
    {
        foreach (var name in (string[])["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"])
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        var nothing = Path.Join(AppContext.BaseDirectory, "no-such-file");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", nothing);
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", nothing);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }
}

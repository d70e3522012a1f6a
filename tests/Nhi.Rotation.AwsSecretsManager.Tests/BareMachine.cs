using System.Runtime.CompilerServices;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The AWS SDK finds nothing on this machine that a test did not give it: no region, no profile, no metadata service.</summary>
internal static class BareMachine
{
    /// <summary>Options that say who asks, and nothing else.</summary>
    public static AWSOptions KeysAlone => new() { Credentials = new BasicAWSCredentials("AKIAEXAMPLE", "key") };

    /// <summary>What an app hears of a credential, <c>cred</c>, that cannot be had here.</summary>
    public static async Task<BackendException> RefuseAsync(Action<CredentialBuilder> from)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("cred", from);
        await using var app = services.BuildServiceProvider();

        return await Assert.ThrowsAsync<BackendException>(async () =>
            await app.GetRequiredKeyedService<IRotatingCredentialProvider>("cred").RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken));
    }

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

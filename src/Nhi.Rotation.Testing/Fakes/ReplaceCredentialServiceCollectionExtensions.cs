using Nhi.Rotation;
using Nhi.Rotation.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts fakes in the place of an app's backends, for integration tests.</summary>
public static class ReplaceCredentialServiceCollectionExtensions
{
    /// <summary>
    /// Takes a declared credential from a value in memory, version <c>v1</c>, instead of its backend: call it where an integration test changes the app's services, such as
    /// <c>ConfigureTestServices</c>. Its options stay; its probe is dropped, and any value is presented.
    /// </summary>
    /// <param name="services">The services of the app, after its own registrations.</param>
    /// <param name="name">The credential, as the app declared it.</param>
    /// <param name="value">The value.</param>
    /// <returns>The backend, whose key is the credential's name: <c>Add(name, "next")</c> and <c>Signal(name)</c> rotate.</returns>
    /// <exception cref="InvalidOperationException">The app declared no such credential.</exception>
    public static FakeCredentialBackend ReplaceCredential(this IServiceCollection services, string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add(name, value);
        services.ReplaceCredential(name, backend);
        return backend;
    }

    /// <summary>The same with a backend of the test's own, which is asked for the key <paramref name="name"/>.</summary>
    /// <param name="services">The services of the app, after its own registrations.</param>
    /// <param name="name">The credential, as the app declared it.</param>
    /// <param name="backend">The backend.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException">The app declared no such credential.</exception>
    public static IServiceCollection ReplaceCredential(this IServiceCollection services, string name, ICredentialBackend backend)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(backend);
        services.AddRotatingCredentials().ReplaceCredential(
            name, credential => credential.UseBackend(name, _ => backend).Configure(static options => (options.AcceptAnyValue, options.ProveRetirement) = (true, false)));
        return services;
    }
}

using Nhi.Rotation.Recipes.Tests.Servers;

[assembly: AssemblyFixture(typeof(MariaDbFixture))]

namespace Nhi.Rotation.Recipes.Tests.Servers;

public sealed class MariaDbFixture() : ServerFixture(static async () => await MariaDbServer.StartAsync())
{
    internal async Task<MariaDbServer> StartAsync() => (MariaDbServer)await Server;
}

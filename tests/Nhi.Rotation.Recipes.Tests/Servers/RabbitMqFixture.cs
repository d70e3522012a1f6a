using Nhi.Rotation.Recipes.Tests.Servers;

[assembly: AssemblyFixture(typeof(RabbitMqFixture))]

namespace Nhi.Rotation.Recipes.Tests.Servers;

public sealed class RabbitMqFixture() : ServerFixture(static async () => await RabbitMqServer.StartAsync())
{
    internal async Task<RabbitMqServer> StartAsync() => (RabbitMqServer)await Server;
}

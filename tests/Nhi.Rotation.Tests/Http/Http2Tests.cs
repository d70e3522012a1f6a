using System.Net;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.Tests.Http;

public sealed class Http2Tests
{
    [Fact]
    public async Task Stamping_repeating_and_redirects_work_over_HTTP_2()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(
            request => (request.Authorization, request.Path) switch
            {
                ("Bearer new", _) => Results.Unauthorized(),
                (_, "/x") => Results.Redirect("/next", preserveMethod: true),
                _ => Results.Ok(),
            },
            https: true);
        await using var clients = TestClients.Create(provider, server, h => h.Bearer(), after: RedirectTests.TrustTestCertificate);
        clients.Client.DefaultRequestVersion = HttpVersion.Version20;
        clients.Client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using var response = await clients.Client.PostAsync("x", new StringContent("body"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["/x", "/x", "/next"], server.Requests.Select(static request => request.Path));
        Assert.All(server.Requests, static request => Assert.Equal(("HTTP/2", "body"), (request.Protocol, request.Body)));
    }
}

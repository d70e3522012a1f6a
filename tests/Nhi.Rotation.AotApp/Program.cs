using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nhi.Rotation;
using Nhi.Rotation.AotApp;

// Credentials from code and from configuration, HttpClients that present them to a local server, all that copies a value, one rotation, both clouds, SPIFFE.
// Exits with 0 if all went as it should.
using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
var ct = deadline.Token;
var directory = Directory.CreateTempSubdirectory("nhi-aot-").FullName;
var stripe = Path.Join(directory, "stripe");
var partner = Path.Join(directory, "partner");
await File.WriteAllTextAsync(stripe, "first", ct);
await File.WriteAllTextAsync(partner, """{"username":"app","password":"pass"}""", ct);

using var server = new LocalServer();
var serving = server.ServeAsync(requests: 5, ct);

var builder = Host.CreateEmptyApplicationBuilder(settings: null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Credentials:partner:Owner"] = "payments",
    ["Credentials:partner:Overlap"] = "01:00:00",
    ["Credentials:partner:Files:Path"] = partner,
    ["Credentials:partner:Newline"] = "TrimAll",
});
builder.Services.AddRotatingCredentials(builder.Configuration.GetSection("Credentials"))
    .AddCredential("stripe", c => c.FromFiles(stripe).OwnedBy("payments").For("charges"));
builder.Services.AddHttpClient("charges", client => client.BaseAddress = server.Address).AddRotatingCredential("stripe", h => h.Bearer());
builder.Services.AddHttpClient("partners", client => client.BaseAddress = server.Address).AddRotatingCredential("partner", h => h.Basic());
builder.Services.AddHttpClient("orders", client => client.BaseAddress = server.Address)
    .AddOAuthClientCredentials("stripe", new Uri(server.Address, "/token"), options => options.ClientId = "app");
Consumers.Add(builder, "stripe");
using var host = builder.Build();
await host.StartAsync(ct);

var clients = host.Services.GetRequiredService<IHttpClientFactory>();
var provider = host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
using var partners = clients.CreateClient("partners");
using var charges = clients.CreateClient("charges");
using var basic = await partners.GetAsync(new Uri("/", UriKind.Relative), ct);
using var before = await charges.GetAsync(new Uri("/", UriKind.Relative), ct);
using var orders = clients.CreateClient("orders");
using var order = await orders.GetAsync(new Uri("/", UriKind.Relative), ct);
var first = await Consumers.ReadAsync(host.Services, "stripe");

await File.WriteAllTextAsync(stripe + ".new", "second", ct);
File.Move(stripe + ".new", stripe, overwrite: true);
var set = await provider.RefreshAsync(RefreshReason.Requested, ct);
using var after = await charges.GetAsync(new Uri("/", UriKind.Relative), ct);

var second = await Consumers.ReadAsync(host.Services, "stripe");
foreach (var (consumer, value) in first)
{
    Console.WriteLine($"{consumer}: {value}, then {second[consumer]}");
}

var seen = await serving;
foreach (var header in seen)
{
    Console.WriteLine($"the server saw: {header}");
}

Console.WriteLine(set);
var uses = host.Services.GetRequiredService<IRotationLedger>().GetUses("stripe");
Console.WriteLine($"uses: {string.Join(", ", uses.Select(use => $"{use.Stage} by {use.Consumer}: {use.Uses}"))}");
await host.StopAsync(ct);
Directory.Delete(directory, recursive: true);

var clouds = await Clouds.AskAsync(ct);

string[] expected =
[
    "Authorization: Basic YXBwOnBhc3M=", "Authorization: Bearer first", "Authorization: Basic YXBwOmZpcnN0", "Authorization: Bearer token", "Authorization: Bearer second",
];
var isRight = seen.SequenceEqual(expected) && set.Previous.Count == 1 && uses.Where(use => use.Consumer == "charges").Sum(use => use.Uses) == 2
    && first.Values.All(value => value == "first") && second.Values.All(value => value == "second")
    && clouds is { Count: 7 } && clouds.Values.All(failure => failure == BackendFailure.Unavailable);
Console.WriteLine(isRight ? "as it should be" : "WRONG");
return isRight ? 0 : 1;

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI003.</summary>
public sealed class ClientTests
{
    [Theory]
    [InlineData("http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(\"Bearer\", [|provider.Current.Reveal()|]);")]
    [InlineData("_http.DefaultRequestHeaders.Add(\"X-Api-Key\", [|provider.Current.Reveal()|]);")]
    [InlineData("_http.DefaultRequestHeaders.TryAddWithoutValidation(\"X-Api-Key\", [|provider.Current.Reveal()|]);")]
    [InlineData("var value = provider.Current.Reveal(); http.DefaultRequestHeaders.Add(\"X-Api-Key\", $\"key {[|value|]}\");")]
    [InlineData("var header = new AuthenticationHeaderValue(\"Bearer\", provider.Current.Reveal()); http.DefaultRequestHeaders.Authorization = [|header|];")]
    [InlineData("http.DefaultRequestHeaders.Add(\"X-Api-Key\", [[|provider.Current.Reveal()|]]);")]
    [InlineData("var client = new HttpClient(); client.DefaultRequestHeaders.Add(\"X-Api-Key\", [|provider.Current.Reveal()|]); _object = client;")]
    [InlineData("var client = new HttpClient(); client.DefaultRequestHeaders.Add(\"X-Api-Key\", [|provider.Current.Reveal()|]); return client;")]
    [InlineData("services.AddHttpClient(\"partner\", (all, client) => client.DefaultRequestHeaders.Add(\"X-Api-Key\", [|all.GetRequiredKeyedService<IRotatingCredentialProvider>(\"partner\").Current.Reveal()|]));")]
    [InlineData("services.AddHttpClient(\"partner\").ConfigureHttpClient(client => client.DefaultRequestHeaders.Authorization = new(\"Bearer\", [|provider.Current.Reveal()|]));")]
    [InlineData("_client = new PartnerClient([|provider.Current.Reveal()|]);")]
    [InlineData("_client = PartnerClient.Create([|provider.Current.Reveal()|]);")]
    [InlineData("var client = new PartnerClient(provider.Current.Reveal()); _object = [|client|];")]
    [InlineData("_object = new HttpClient { DefaultRequestHeaders = { Authorization = new(\"Bearer\", [|provider.Current.Reveal()|]) } };")]
    [InlineData("_object = new Lazy<PartnerClient>(() => new PartnerClient([|provider.Current.Reveal()|]));")]
    public Task A_client_that_keeps_a_value_is_told(string body) => Look.Within<RevealedAnalyzer>(body, "NHI003");

    [Theory]
    [InlineData("using var message = new HttpRequestMessage { Headers = { Authorization = new(\"Bearer\", provider.Current.Reveal()) } }; await http.SendAsync(message, ct);")]
    [InlineData("request.Headers.Add(\"X-Api-Key\", provider.Current.Reveal());")]
    [InlineData("using var client = new HttpClient(); client.DefaultRequestHeaders.Add(\"X-Api-Key\", provider.Current.Reveal()); await client.GetAsync(\"https://partner.example\", ct);")]
    [InlineData("http.DefaultRequestHeaders.Add(\"X-Api-Version\", provider.Current.VersionId);")]
    [InlineData("http.DefaultRequestHeaders.Add(\"X-Api-Key\", given.Reveal());")]
    [InlineData("var client = new PartnerClient(provider.Current.Reveal()); client.Pay();")]
    [InlineData("return new PartnerClient(provider.Current.Reveal());")]
    [InlineData("_object = provider.Derive(static version => new PartnerClient(version.Reveal()));")]
    [InlineData("services.AddHttpClient(\"partner\").AddRotatingCredential(\"partner\", h => h.Header(\"X-Api-Key\"));")]
    [InlineData("using var following = provider.Follow(http, static (client, version) => client.DefaultRequestHeaders.Authorization = new(\"Bearer\", version.Reveal()));")]
    [InlineData("services.AddScoped(_ => new PartnerClient(provider.Current.Reveal()));")]
    public Task One_for_one_use_is_not(string body) => Look.Within<RevealedAnalyzer>(body, "NHI003");
}

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>NHI007.</summary>
public sealed class PoolTests
{
    [Theory]
    [InlineData("await using var connection = new Npgsql.NpgsqlConnection($\"Host=db;Username=shop;Password={[|provider.Current.Reveal()|]}\"); await connection.OpenAsync(ct);")]
    [InlineData("var text = \"Host=db;Password=\" + provider.Current.Reveal(); using var connection = new Npgsql.NpgsqlConnection([|text|]);")]
    [InlineData("var text = ConnectionString.Parse(provider.Current).Text; using var connection = new Npgsql.NpgsqlConnection([|text|]);")]
    [InlineData("var login = UsernamePassword.Parse(provider.Current); var builder = new Npgsql.NpgsqlConnectionStringBuilder { Host = \"db\", Username = login.Username, Password = [|login|].Password }; using var connection = new Npgsql.NpgsqlConnection(builder.ConnectionString);", "builder")]
    [InlineData("var builder = new Npgsql.NpgsqlConnectionStringBuilder(); builder.Password = provider.Current.Reveal(); using var connection = new Npgsql.NpgsqlConnection([|builder|].ToString());")]
    [InlineData("using var connection = new Npgsql.NpgsqlConnection(); connection.ConnectionString = \"Host=db;Password=\" + [|provider.Current.Reveal()|];")]
    [InlineData("_object = Npgsql.NpgsqlDataSource.Create(\"Host=db;Password=\" + [|provider.Current.Reveal()|]);")]
    [InlineData("_object = new Npgsql.NpgsqlDataSourceBuilder(\"Host=db;Password=\" + [|provider.Current.Reveal()|]).Build();")]
    [InlineData("services.AddDbContext<Microsoft.EntityFrameworkCore.DbContext>(o => Microsoft.EntityFrameworkCore.NpgsqlDbContextOptionsBuilderExtensions.UseNpgsql(o, \"Host=db;Password=\" + [|provider.Current.Reveal()|]));")]
    [InlineData("_object = StackExchange.Redis.ConnectionMultiplexer.Connect(\"cache:6379,password=\" + [|provider.Current.Reveal()|]);")]
    [InlineData("var options = new StackExchange.Redis.ConfigurationOptions { Password = provider.Current.Reveal() }; _object = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync([|options|]);")]
    public Task A_value_that_a_pool_keeps_is_told(string body, string? variable = null) =>
        Look.Within<RevealedAnalyzer>(variable is null ? body : body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal).Replace($"({variable}", $"([|{variable}|]", StringComparison.Ordinal), "NHI007");

    [Theory]
    [InlineData("services.AddRotatingNpgsqlDataSource(\"db\", \"Host=db;Username=shop\");")]
    [InlineData("services.AddRotatingRedis(\"cache\", \"cache:6379\");")]
    [InlineData("using var connection = new Npgsql.NpgsqlConnection($\"Host=db;Pooling=false;Password={provider.Current.Reveal()}\");")]
    [InlineData("var builder = new Npgsql.NpgsqlConnectionStringBuilder { Pooling = false, Password = provider.Current.Reveal() }; using var connection = new Npgsql.NpgsqlConnection(builder.ToString());")]
    [InlineData("_object = provider.Derive(static version => Npgsql.NpgsqlDataSource.Create(\"Host=db;Password=\" + version.Reveal()));")]
    [InlineData("_object = new Npgsql.NpgsqlDataSourceBuilder(\"Host=db\").UsePeriodicPasswordProvider(async (_, ct2) => (await provider.GetCurrentAsync(ct2)).Reveal(), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));")]
    [InlineData("using var connection = new Npgsql.NpgsqlConnection(\"Host=db;Application Name=\" + provider.Current.VersionId);")]
    [InlineData("using var connection = new Npgsql.NpgsqlConnection(\"Host=db;Password=\" + given.Reveal());")]
    public Task One_that_each_connection_is_given_is_not(string body) => Look.Within<RevealedAnalyzer>(body, "NHI007");
}

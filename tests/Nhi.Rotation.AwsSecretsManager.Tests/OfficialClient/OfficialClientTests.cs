using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Amazon.Runtime;
using Amazon.SecretsManager;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests.OfficialClient;

/// <summary>The adapter in docs/aws-secrets-manager.md, held against the shapes of the official client, which the AWS API model describes.</summary>
public sealed class OfficialClientTests
{
    private const string Start = "```csharp\nusing Amazon.SecretsManager;\n";

    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Lazy<SdkShapes> Shapes = new(() => new SdkShapes(ApiModel.Read("secretsmanager", "2017-10-17"), "DescribeSecret", "GetSecretValue", "BatchGetSecretValue", "UpdateSecretVersionStage"));

    [Fact]
    public void The_rules_by_which_shapes_are_made_are_those_of_the_SDK()
    {
        var shapes = new SdkShapes(ApiModel.Read("ssm", "2014-11-06"), "GetParameterHistory", "GetParameters", "ListTagsForResource");
        var compared = 0;
        foreach (var (name, members) in shapes.Classes)
        {
            var official = typeof(Amazon.SimpleSystemsManagement.IAmazonSimpleSystemsManagement).Assembly.GetType("Amazon.SimpleSystemsManagement.Model." + name);
            Assert.True(official is not null, name);
            foreach (var (member, type) in members)
            {
                Assert.Equal($"{name}.{member}: {type}", $"{name}.{member}: {TypeName(official.GetProperty(member)!.PropertyType)}");
                compared++;
            }
        }

        Assert.True(compared > 30, $"only {compared} members were compared");
        Assert.All(shapes.Operations, operation => Assert.Contains(
            typeof(Amazon.SimpleSystemsManagement.IAmazonSimpleSystemsManagement).GetMethods(), method => method.Name == operation + "Async" && TypeName(method.GetParameters()[0].ParameterType) == operation + "Request"));
    }

    [Fact]
    public void Our_own_clients_types_have_the_shapes_of_the_official_ones()
    {
        foreach (var (name, members) in Shapes.Value.Classes)
        {
            var own = typeof(IAmazonSecretsManager).Assembly.GetType("Amazon.SecretsManager.Model." + name);
            foreach (var property in own?.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly) ?? [])
            {
                Assert.Equal($"{name}.{property.Name}: {members.GetValueOrDefault(property.Name)}", $"{name}.{property.Name}: {TypeName(property.PropertyType)}");
            }
        }
    }

    [Fact]
    public async Task The_adapter_compiles_against_the_official_shapes_and_serves_an_app_through_a_rotation()
    {
        var assembly = Compile(AdapterOfThePage());
        await using var server = await SecretsManagerServer.StartAsync();
        server.Do("CreateSecret", new { Name = "text", SecretString = "one", Tags = new[] { new { Key = "owner", Value = "payments" } } });
        server.Do("CreateSecret", new { Name = "binary", SecretBinary = Convert.ToBase64String([1, 2, 3]) });
        using var inner = AwsClients.Create<IAmazonSecretsManager>(new ServiceCollection().BuildServiceProvider(), AppFixture.Options(server), _ => { });
        var proxy = (CopyingProxy)DispatchProxy.Create(assembly.GetType("Amazon.SecretsManager.IAmazonSecretsManager")!, typeof(CopyingProxy));
        proxy.Target = inner;
        var adapter = (ISecretsManagerClient)Activator.CreateInstance(assembly.GetType("OfficialSecretsManager")!, proxy)!;
        var services = new ServiceCollection();
        services.AddRotatingCredentials()
            .AddCredential("text", c => c.FromAwsSecretsManager("text", o => o.Client = adapter))
            .AddCredential("binary", c => c.FromAwsSecretsManager("binary", o => o.Client = adapter));
        await using var app = services.BuildServiceProvider();
        var text = app.GetRequiredKeyedService<IRotatingCredentialProvider>("text");
        var binary = app.GetRequiredKeyedService<IRotatingCredentialProvider>("binary");
        Assert.Equal("one", (await text.GetCurrentAsync(TestContext.Current.CancellationToken)).Reveal());
        Assert.Equal([1, 2, 3], (await binary.GetCurrentAsync(TestContext.Current.CancellationToken)).RevealBytes().ToArray());
        Assert.Equal("payments", app.GetRequiredService<IRotationLedger>().GetInventory().Single(entry => entry.CredentialName == "text").Owner);

        server.Do("PutSecretValue", new { SecretId = "text", SecretString = "two" });
        await text.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal(("two", "one"), (text.Current.Reveal(), Assert.Single(text.Credentials.Previous).Reveal()));

        var old = Assert.Single(text.Credentials.Previous).VersionId;
        await adapter.UpdateSecretVersionStageAsync("text", "AWSPREVIOUS", old, TestContext.Current.CancellationToken);
        Assert.Empty(server.Secret("text").Find(old)!.Labels);

        server.Faults = _ => Fault.Error("AccessDeniedException");
        var error = await Assert.ThrowsAsync<BackendException>(() => text.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_secrets_of_one_client_share_a_batch()
    {
        await using var server = await SecretsManagerServer.StartAsync();
        server.Do("CreateSecret", new { Name = "a", SecretString = "one" });
        server.Do("CreateSecret", new { Name = "b", SecretString = "two" });
        using var inner = AwsClients.Create<IAmazonSecretsManager>(new ServiceCollection().BuildServiceProvider(), AppFixture.Options(server), _ => { });
        using var pool = new BackendPool(new ServiceCollection().BuildServiceProvider());
        var client = new OwnClient(inner);

        Assert.Same(pool.Get(null, client), pool.Get(null, client));
        var results = await pool.Get(null, client).ListManyAsync([BackendFixture.Request("a"), BackendFixture.Request("b")], TestContext.Current.CancellationToken);

        Assert.Equal(["Current=one", "Current=two"], results.Select(result => result.Listing!.Summary()));
        Assert.Equal("BatchGetSecretValue 1, DescribeSecret 2", server.Counts());
    }

    [Theory]
    [InlineData(false, BackendFailure.Unavailable)]
    [InlineData(true, BackendFailure.InvalidContent)]
    public async Task A_client_that_throws_or_answers_nothing_is_an_error_of_the_credential(bool answers, BackendFailure failure)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("cred", c => c.FromAwsSecretsManager("prod/key", o => o.Client = new Broken(answers)));
        await using var app = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<BackendException>(
            () => app.GetRequiredKeyedService<IRotatingCredentialProvider>("cred").RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(failure, error.Failure);
        Assert.Contains("cred", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_client_hands_over_tells_nobody_the_value()
    {
        var value = new SecretVersionValue("arn", "v1", DateTime.UtcNow, Fault.Canary, null);

        Assert.DoesNotContain(Fault.Canary, value.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, System.Text.Json.JsonSerializer.Serialize(value), StringComparison.Ordinal);
    }

    private static string AdapterOfThePage([CallerFilePath] string here = "")
    {
        var page = File.ReadAllText(Path.Join(Path.GetDirectoryName(here), "../../../docs/aws-secrets-manager.md")).ReplaceLineEndings("\n");
        var start = page.IndexOf(Start, StringComparison.Ordinal);
        Assert.True(start > 0, "the page has no adapter");
        start += "```csharp\n".Length;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static Assembly Compile(string adapter)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "OfficialClient",
            [CSharpSyntaxTree.ParseText(Usings, options), CSharpSyntaxTree.ParseText(Shapes.Value.ToSource("SecretsManager"), options), CSharpSyntaxTree.ParseText(adapter, options)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)));
        image.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(image);
    }

    private static string TypeName(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? TypeName(inner) + "?"
        : type.IsGenericType ? $"{type.FullName![..type.FullName!.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>"
        : typeof(ConstantClass).IsAssignableFrom(type) || type == typeof(string) ? "string"
        : type == typeof(bool) ? "bool"
        : type == typeof(int) ? "int"
        : type == typeof(long) ? "long"
        : type.Namespace!.EndsWith(".Model", StringComparison.Ordinal) ? type.Name
        : type.FullName!;

    private sealed class Broken(bool answers) : ISecretsManagerClient
    {
        public string Where => "eu-west-1";

        public Task<SecretDescription> DescribeSecretAsync(string secretId, CancellationToken ct) =>
            answers ? Task.FromResult<SecretDescription>(null!) : throw new NotSupportedException(Fault.Canary);

        public Task<SecretVersionValue> GetSecretValueAsync(string secretId, string versionId, CancellationToken ct) => throw new NotSupportedException(Fault.Canary);

        public Task<IReadOnlyList<SecretVersionValue>> BatchGetSecretValueAsync(IReadOnlyList<string> secretIds, CancellationToken ct) => throw new NotSupportedException(Fault.Canary);
    }
}

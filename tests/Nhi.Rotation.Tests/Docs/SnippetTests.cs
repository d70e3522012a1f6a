using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Tests.Docs;

/// <summary>What a document shows has to compile. A fence opts out with <c>&lt;!-- not compiled: reason --&gt;</c> on the line before.</summary>
public sealed class SnippetTests
{
    // Documents whose package the tests may not have; everything else needs Nhi.Rotation alone.
    private static readonly Dictionary<string, string> PackageOf = new()
    {
        ["docs/analyzers.md"] = "Nhi.Rotation.Npgsql",
        ["docs/azure-key-vault.md"] = "Nhi.Rotation.AzureKeyVault",
        ["docs/aws-secrets-manager.md"] = "Nhi.Rotation.AwsSecretsManager",
        ["docs/aws-parameter-store.md"] = "Nhi.Rotation.AwsParameterStore",
        ["docs/aspnetcore.md"] = "Nhi.Rotation.AspNetCore",
        ["docs/google-secret-manager.md"] = "Nhi.Rotation.GoogleSecretManager",
        ["docs/leaked-key.md"] = "Nhi.Rotation.AspNetCore",
        ["docs/npgsql.md"] = "Nhi.Rotation.Npgsql",
        ["docs/push.md"] = "Nhi.Rotation.AspNetCore",
        ["docs/redis.md"] = "Nhi.Rotation.StackExchangeRedis",
        ["docs/sdk-clients.md"] = "Nhi.Rotation.AwsSecretsManager",
        ["docs/status-page.md"] = "Nhi.Rotation.AspNetCore",
        ["docs/tls.md"] = "Nhi.Rotation.AspNetCore",
        ["docs/webhooks.md"] = "Nhi.Rotation.AspNetCore",
        ["docs/write-a-backend.md"] = "Nhi.Rotation.Testing",
    };

    private static readonly Lazy<SnippetCompiler> Compiler = new(static () => new SnippetCompiler());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Documents => [.. FindDocuments()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_code_of_a_document_compiles(string document)
    {
        var package = Package(document);
        Assert.SkipUnless(Compiler.Value.Packages.Contains(package), $"{document} needs {package}, which these tests do not reference");
        var snippets = Snippet.Read(document, File.ReadAllLines(Path.Join(Root(), document))).ToList();

        var errors = snippets.SelectMany(Compiler.Value.FindErrors).ToList();

        Assert.True(errors.Count == 0, string.Join('\n', errors));
        TestContext.Current.SendDiagnosticMessage("{0}: {1} snippets", document, snippets.Count);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task No_rule_finds_anything_in_what_a_document_shows(string document)
    {
        if (document != "docs/analyzers.md")
        {
            Assert.Empty(await FindRulesAsync(Snippet.Read(document, File.ReadAllLines(Path.Join(Root(), document)))));
        }
    }

    [Fact]
    public async Task The_page_on_rules_shows_for_each_what_it_finds_and_then_what_it_does_not()
    {
        var sections = File.ReadAllText(Path.Join(Root(), "docs/analyzers.md")).Split("\n## NHI").Skip(1).ToList();

        Assert.Equal(9, sections.Count);
        foreach (var section in sections)
        {
            var (id, snippets) = ("NHI" + section[..3], Snippet.Read("docs/analyzers.md", section.Split('\n')).ToList());
            var wrong = id == "NHI009" ? [] : snippets.Take(1).ToList();

            Assert.Equal(wrong.Count == 0 ? [] : [id], (await FindRulesAsync(wrong)).Distinct());
            Assert.Empty(await FindRulesAsync(snippets.Skip(wrong.Count)));
            Assert.NotEmpty(snippets.Skip(wrong.Count));
        }
    }

    [Fact]
    public void The_readme_and_the_page_on_files_are_among_the_documents()
    {
        Assert.Contains("README.md", FindDocuments());
        Assert.Contains("docs/files.md", FindDocuments());
        Assert.NotEmpty(Snippet.Read("README.md", File.ReadAllLines(Path.Join(Root(), "README.md"))));
    }

    [Theory]
    [InlineData("var value = provider.Current.Reveal();\nvar length = value.Lenght;", "docs/x.md:4: CS1061")]
    [InlineData("services.AddRotatingSecrets();", "docs/x.md:3: CS1061")]
    [InlineData("public sealed class Mine : ICredentialBackend\n{\n}", "docs/x.md:3: CS0535")]
    [InlineData("var x = ;", "docs/x.md:3: CS1525")]
    public void An_error_is_reported_with_its_line(string code, string error)
    {
        string[] lines = ["# Title", "```csharp", .. code.Split('\n'), "```"];

        var errors = Snippet.Read("docs/x.md", lines).SelectMany(Compiler.Value.FindErrors);

        Assert.Contains(errors, found => found.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("await provider.RefreshAsync(RefreshReason.Requested, ct);")]
    [InlineData("using System.Net;\npublic sealed class Mine(IRotatingCredentialProvider key)\n{\n    public string Value => key.Current.Reveal();\n}")]
    public void Right_code_has_no_errors(string code)
    {
        Assert.Empty(Compiler.Value.FindErrors(new Snippet("docs/x.md", 1, code)));
    }

    [Fact]
    public void Only_a_reason_opts_out()
    {
        string[] lines = ["<!-- not compiled: a fragment -->", "```csharp", "catch", "```", "<!-- not compiled: -->", "```csharp", "a", "```", "```json", "{}", "```"];

        Assert.Equal(["docs/x.md:7"], Snippet.Read("docs/x.md", lines).Select(static snippet => snippet.ToString()));
        Assert.Throws<FormatException>(static () => Snippet.Read("docs/x.md", ["```csharp", "a"]).ToList());
    }

    private static async Task<List<string>> FindRulesAsync(IEnumerable<Snippet> snippets)
    {
        var found = new List<string>();
        foreach (var snippet in snippets)
        {
            found.AddRange(await Compiler.Value.FindRulesAsync(snippet, Ct));
        }

        return found;
    }

    private static string Package(string document) =>
        document.StartsWith("src/", StringComparison.Ordinal) ? document.Split('/')[1] : PackageOf.GetValueOrDefault(document, "Nhi.Rotation");

    private static List<string> FindDocuments()
    {
        var root = Root();
        string[] patterns = ["README.md", "docs/*.md", .. Directory.EnumerateDirectories(Path.Join(root, "src")).Select(directory => $"src/{Path.GetFileName(directory)}/README.md")];
        return
        [
            .. patterns
                .SelectMany(pattern => Directory.EnumerateFiles(Path.GetDirectoryName(Path.Join(root, pattern))!, Path.GetFileName(pattern)))
                .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Join(Path.GetDirectoryName(here), "../../.."));
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Nhi.Rotation.Analyzers;

namespace Nhi.Rotation.Tests.Docs;

/// <summary>
/// Compiles a snippet the way its reader would use it. One that declares a type is a file of a project; any other is the body of an asynchronous
/// method, or the rest of an <c>AddHttpClient(...)</c> if it begins with a dot, with <c>builder</c>, <c>services</c>, <c>configuration</c>, <c>provider</c>, <c>backend</c>, <c>client</c>, <c>time</c> and <c>ct</c> at hand. Either comes with the
/// usings of a web project and the reader's own types that the documents speak of.
/// </summary>
internal sealed class SnippetCompiler
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Security.Cryptography;
        global using System.Text;
        global using System.Text.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Hosting;
        global using Azure.Core;
        global using Azure.Identity;
        global using Azure.Security.KeyVault.Secrets;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.Extensions.Azure;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        global using Microsoft.Extensions.Primitives;
        global using Nhi.Rotation;
        global using OpenTelemetry.Metrics;
        global using OpenTelemetry.Trace;
        global using Xunit;
        """;

    private const string ReadersTypes = """
        public class StripeClient(HttpClient http)
        {
            public HttpClient Http => http;
        }

        public class PartnerClient(HttpClient http)
        {
            public HttpClient Http => http;
        }

        public class ChargeClient(IRotatingCredentialProvider stripe)
        {
            public Task ChargeAsync() => Task.FromResult(stripe.Current.Reveal());
        }
        """;

    // Fields, so that a snippet may have a variable of the same name.
    private const string MethodStart =
        "static class Reader { static WebApplicationBuilder builder = null!; static WebApplication app = null!; static IServiceCollection services = null!; static IConfiguration configuration = null!; "
        + "static IRotatingCredentialProvider provider = null!; static ICredentialBackend backend = null!; static HttpClient client = null!; "
        + "static TimeProvider time = null!; static CancellationToken ct; static async Task ReadAsync() { await Task.CompletedTask;\n";

    private const string Path = "snippet.cs";

    // A package of the project is known by its namespace, which its assembly is named after; it is used only if it is there.
    private static readonly string[] OwnPackages =
    [
        "Nhi.Rotation.Testing", "Nhi.Rotation.AspNetCore", "Nhi.Rotation.AzureCore", "Nhi.Rotation.AzureKeyVault", "Nhi.Rotation.AwsSecretsManager", "Nhi.Rotation.AwsParameterStore", "Nhi.Rotation.GoogleSecretManager", "Nhi.Rotation.Grpc",
        "Nhi.Rotation.Npgsql", "Nhi.Rotation.Spiffe", "Nhi.Rotation.StackExchangeRedis", "Nhi.Rotation.Vault",
    ];

    private readonly CSharpParseOptions _options = new(LanguageVersion.Latest);
    private readonly MetadataReference[] _references;
    private readonly string _usings;

    public SnippetCompiler()
    {
        var files = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(System.IO.Path.PathSeparator)
            .Concat(Directory.EnumerateFiles(AppContext.BaseDirectory, "Nhi.Rotation*.dll"))
            .Where(static file => !System.IO.Path.GetFileName(file).StartsWith("Nhi.Rotation.Tests", StringComparison.Ordinal))
            .DistinctBy(System.IO.Path.GetFileName)
            .ToArray();
        _references = [.. files.Select(static file => MetadataReference.CreateFromFile(file))];
        Packages = files.Select(System.IO.Path.GetFileNameWithoutExtension).OfType<string>().Where(static name => name.StartsWith("Nhi.Rotation", StringComparison.Ordinal)).ToHashSet();
        _usings = Usings + string.Concat(OwnPackages.Where(HasNamespace).Select(static name => $"\nglobal using {name};"));
    }

    /// <summary>The project's packages that are at hand.</summary>
    public IReadOnlySet<string> Packages { get; }

    /// <summary>What is wrong with a snippet, each with its place in the document.</summary>
    public IReadOnlyList<string> FindErrors(Snippet snippet)
    {
        var (code, offset) = Whole(snippet);
        var errors = from diagnostic in Compile(code).GetDiagnostics()
                     where diagnostic.Severity == DiagnosticSeverity.Error
                     let place = diagnostic.Location.GetLineSpan()
                     let line = snippet.Line + (place.Path == Path ? place.StartLinePosition.Line - offset : 0)
                     select $"{snippet.File}:{line}: {diagnostic.Id} {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
        return [.. errors];
    }

    /// <summary>The ids of the rules that find something in it.</summary>
    public async Task<IReadOnlyList<string>> FindRulesAsync(Snippet snippet, CancellationToken ct)
    {
        var found = await Compile(Whole(snippet).Code).WithAnalyzers([new RevealedAnalyzer(), new BackendAnalyzer(), new DroppedHoldAnalyzer()]).GetAnalyzerDiagnosticsAsync(ct);
        return [.. found.Select(static diagnostic => diagnostic.Id)];
    }

    private static (string Code, int Offset) Whole(Snippet snippet)
    {
        if (DeclaresType(snippet.Code) && !snippet.Code.StartsWith("services.", StringComparison.Ordinal))
        {
            return (snippet.Code, 0);
        }

        // Types that follow statements stand where they do in a program: at its end.
        var types = snippet.Code.IndexOf("\nsealed class ", StringComparison.Ordinal) is >= 0 and var at ? at : snippet.Code.Length;
        var statements = snippet.Code[..types];
        return (MethodStart + (statements.StartsWith('.') ? $"_ = builder.Services.AddHttpClient(\"client\")" + statements + ";" : statements) + "\n} }" + snippet.Code[types..], 1);
    }

    private static bool DeclaresType(string code) =>
        CSharpSyntaxTree.ParseText(code).GetRoot().ChildNodes().Any(static node => node is BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax or DelegateDeclarationSyntax);

    private bool HasNamespace(string name) =>
        Packages.Contains(name)
        && !Compile($"global using {name};").GetDiagnostics().Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    private CSharpCompilation Compile(string code) => CSharpCompilation.Create(
        "Snippet",
        [
            CSharpSyntaxTree.ParseText(_usings ?? string.Empty, _options, "usings.cs"),
            CSharpSyntaxTree.ParseText(_usings is null ? string.Empty : ReadersTypes, _options, "reader.cs"),
            CSharpSyntaxTree.ParseText(code, _options, Path),
        ],
        _references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>Has a rule look at source; <c>[|marked|]</c> is what it must find, and nothing else.</summary>
internal static class Look
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Net.Http;
        using System.Net.Http.Headers;
        using System.Security.Cryptography;
        using System.Text;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;
        using Nhi.Rotation;


        """;

    // From beside the test: nothing is downloaded.
    public static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Nhi.Rotation.Analyzers", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static Task At<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new() => At<TAnalyzer>(source, null);

    /// <summary>What it finds is this rule's, for an analyzer that has several.</summary>
    public static Task At<TAnalyzer>(string source, string? rule)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new Test<TAnalyzer> { TestCode = Usings + source };
        if (rule is not null)
        {
            test.Rule = rule;
        }

        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What it finds in a file, in the order of its lines.</summary>
    public static async Task<IEnumerable<string>> FindAsync<TAnalyzer>(string file)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var compilation = CSharpCompilation.Create("sample", [CSharpSyntaxTree.ParseText(Usings.Replace("using", "global using", StringComparison.Ordinal)), CSharpSyntaxTree.ParseText(file)], References);
        var found = await compilation.WithAnalyzers([new TAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return found.OrderBy(one => one.Location.SourceSpan.Start).Select(one => one.Id);
    }

    /// <summary>The same within a method of a class that has what is written about most.</summary>
    public static Task Within<TAnalyzer>(string body)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        At<TAnalyzer>(
            $$"""
            sealed class App(IRotatingCredentialProvider provider, object connection)
            {
                private IDisposable? _kept;
                private readonly List<IDisposable> _all = new();
                private static void Take(IDisposable? use) { }
                private object Connection => _kept ?? connection;

                public IDisposable? Open(Credential credential, CredentialMatch match)
                {
                    {{body}}
                    return null;
                }
            }
            """);

    /// <summary>Within a method of a class that has a provider and places to keep things; a method that begins with <c>void</c>, <c>async</c> or the like stands beside it.</summary>
    public static Task Within<TAnalyzer>(string body, string rule)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        At<TAnalyzer>(
            $$"""
            sealed class Partner(string key) { public string Key { get; set; } = key; public Func<string>? Callback { get; set; } public int Pay() => Key.Length; }
            sealed class PartnerClient(string key) { public int Pay() => key.Length; public static PartnerClient Create(string key) => new(key); }

            sealed class App(IRotatingCredentialProvider provider, ILogger log, HttpClient http, IRotatingCredentialProvider other)
            {
                private static string? s_text;
                private string? _text;
                private byte[]? _bytes;
                private object? _object;
                private Credential? _version;
                private Func<int>? _later;
                private readonly Dictionary<string, string> _cache = new();
                private readonly List<Credential> _versions = new();
                private readonly HttpClient _http = http;
                private PartnerClient? _client;
                private Partner _partner = new("");
                private string Property { get; set; } = "";
                private object All => new object?[] { s_text, _text, _bytes, _object, _version, _later, _client, log, other };
                private static int Use(object? one) => 0;
                private static Task Wait(CancellationToken ct) => Task.Delay(1, ct);

                public async Task<object?> Run(Credential given, string presented, byte[] bytes, HttpRequestMessage request, IServiceCollection services, Partner theirs, bool isOdd, CancellationToken ct)
                {
                    await Task.Yield();
                    {{body}}
                    return null;
                }
            }
            """,
            rule);

    private sealed class Test<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        public Test()
        {
            ReferenceAssemblies = new ReferenceAssemblies("net10.0");
            SolutionTransforms.Add(static (solution, project) => solution.WithProjectMetadataReferences(project, References)
                .WithProjectParseOptions(project, ((CSharpParseOptions)solution.GetProject(project)!.ParseOptions!).WithLanguageVersion(LanguageVersion.Preview)));
        }

        public string? Rule { get; set; }

        protected override DiagnosticDescriptor? GetDefaultDiagnostic(DiagnosticAnalyzer[] analyzers) =>
            Rule is null ? base.GetDefaultDiagnostic(analyzers) : analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Single(rule => rule.Id == Rule);
    }
}

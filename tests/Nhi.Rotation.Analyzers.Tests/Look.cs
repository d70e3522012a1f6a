using Microsoft.CodeAnalysis;
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
        using System.Threading.Tasks;
        using Nhi.Rotation;


        """;

    // From beside the test: nothing is downloaded.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" or "Nhi.Rotation.Abstractions.dll" or "Microsoft.Extensions.Primitives.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static Task At<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> { TestCode = Usings + source, ReferenceAssemblies = new ReferenceAssemblies("net10.0") };
        test.SolutionTransforms.Add(static (solution, project) => solution.WithProjectMetadataReferences(project, References));
        return test.RunAsync(TestContext.Current.CancellationToken);
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
}

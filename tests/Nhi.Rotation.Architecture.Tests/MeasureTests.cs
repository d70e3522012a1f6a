using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>The rules count what they say they count.</summary>
public sealed class MeasureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a>b b>c c>a", "abc")]
    [InlineData("a>b b>a b>c c>d d>c", "ab cd")]
    [InlineData("a>b b>c a>c", "")]
    public void Circles_are_what_can_be_reached_from_each_other(string arrows, string circles)
    {
        var all = arrows.Split(' ').Select(arrow => (From: arrow[0], To: arrow[2])).ToList();
        var found = Measures.Circles("abcd".ToList(), one => all.Where(arrow => arrow.From == one).Select(arrow => arrow.To));

        Assert.Equal(circles, string.Join(' ', found.Select(circle => string.Concat(circle.Order())).Order()));
    }

    [Theory]
    [InlineData("class T { int a; static int b; const int c = 1; }", 1)]
    [InlineData("class T { int A { get; } int B { get; set; } public int C { get; set; } }", 1)]
    [InlineData("class T(int a, int b, int c) { readonly int _c = c; int Sum() => a + b; }", 3)]
    [InlineData("class T(int a) { int A { get; } = a; }", 0)]
    [InlineData("record T(int A, int B);", 0)]
    [InlineData("class T { event System.Action E; }", 1)]
    [InlineData("enum T { A, B }", 0)]
    public void Fields_are_what_an_object_has_to_keep_right(string code, int fields)
    {
        var compilation = CSharpCompilation.Create("t", [CSharpSyntaxTree.ParseText(code, cancellationToken: Ct)]);

        Assert.Equal(fields, Measures.Fields(compilation.GetTypeByMetadataName("T")!));
    }

    [Theory]
    [InlineData("int M(bool a, bool b) => a && b || !a ? 1 : 2;", 4)]
    [InlineData("void M(int? a) { if (a is null) { return; } foreach (var x in new int[a ?? 1]) { } }", 4)]
    [InlineData("int M(int a) => a switch { 1 => 1, 2 => 2, _ => 3 };", 4)]
    [InlineData("void M() { try { } catch { } }", 2)]
    public void Ways_are_branches_and_one(string method, int ways)
    {
        var node = CSharpSyntaxTree.ParseText($"class T {{ {method} }}", cancellationToken: Ct).GetRoot(Ct).DescendantNodes().OfType<MethodDeclarationSyntax>().Single();

        Assert.Equal(ways, Measures.Ways(node));
    }
}

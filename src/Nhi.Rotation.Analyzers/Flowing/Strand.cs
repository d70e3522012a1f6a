using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>One place on the way of a revealed value.</summary>
internal sealed class Strand
{
    private Strand(Source source, IOperation value, Form form, IOperation leaf, IOperation? write, ITypeSymbol? client)
    {
        Source = source;
        Value = value;
        Form = form;
        Leaf = leaf;
        Write = write;
        Client = client;
    }

    public Source Source { get; }

    /// <summary>The expression that has it.</summary>
    public IOperation Value { get; }

    public Form Form { get; }

    /// <summary>What is pointed at: the source, or the local variable through which it came last.</summary>
    public IOperation Leaf { get; }

    /// <summary>What wrote the local variable that <see cref="Leaf"/> reads.</summary>
    public IOperation? Write { get; }

    /// <summary>The client that it was put into on the way.</summary>
    public ITypeSymbol? Client { get; }

    public static Strand From(Source source) => new(source, source.Operation, source.Form, source.Operation, null, null);

    /// <summary>The same, one expression further.</summary>
    public Strand On(IOperation next) => new(Source, next, Form, Leaf, Write, Client);

    public Strand On(IOperation next, Form form) => new(Source, next, form, Leaf, Write, Client);

    public Strand Into(IOperation next, ITypeSymbol? client) => new(Source, next, Form.Object, Leaf, Write, Client ?? client);

    /// <summary>Read again from a local variable.</summary>
    public Strand Read(IOperation reference, IOperation write, Form form) => new(Source, reference, form, reference, write, Client);
}

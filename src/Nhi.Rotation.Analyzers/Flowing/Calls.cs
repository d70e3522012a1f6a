using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Which calls give back what they were given, in whatever form.</summary>
internal sealed class Calls(Contracts contracts, Locals locals)
{
    // Whose methods make text or bytes of others. A hash is no such method: nothing comes back out of it.
    private static readonly HashSet<string> Turning =
    [
        "String", "StringBuilder", "Encoding", "Convert", "Uri", "WebUtility", "HttpUtility", "MemoryExtensions", "Enumerable", "Array", "Buffer", "Base64", "Base64Url", "JsonSerializer", "JsonSecret", "Regex",
        "WebEncoders", "QueryHelpers", "UrlEncoder", "JavaScriptEncoder", "TextEncoder", "Span", "ReadOnlySpan", "Memory", "ReadOnlyMemory", "MemoryMarshal", "CollectionsMarshal", "ImmutableArray", "StringSegment", "BinaryData", "Task", "ValueTask", "UTF8Encoding", "ASCIIEncoding",
    ];

    private static readonly HashSet<string> Filling = ["GetBytes", "GetChars", "CopyTo", "TryCopyTo", "TryGetBytes", "TryGetChars", "TryFromBase64String", "TryFromBase64Chars", "BlockCopy", "Copy"];

    private static readonly HashSet<string> Collecting =
    [
        "Add", "TryAdd", "AddRange", "Insert", "Enqueue", "Push", "Set", "SetAsync", "SetString", "SetStringAsync", "AddOrUpdate", "GetOrAdd", "GetOrCreate", "GetOrCreateAsync", "GetOrSet", "GetOrSetAsync", "AddFirst", "AddLast", "TryUpdate", "Append", "AppendLine", "AppendFormat", "Write",
    ];

    /// <summary>What a call writes what it was given into: a buffer, or what a <c>ref</c> points to.</summary>
    public static IEnumerable<IOperation> Filled(IInvocationOperation call, IOperation given)
    {
        var others = call.Arguments.Where(argument => argument != given).ToList();
        return call.TargetMethod.ContainingType.Name is "Interlocked" or "Volatile" ? others.Where(argument => argument.Parameter?.RefKind == RefKind.Ref).Select(argument => argument.Value)
            : Filling.Contains(call.TargetMethod.Name) ? others.Where(argument => Types.IsText(argument.Value.Type)).Select(argument => argument.Value)
            : [];
    }

    /// <summary>A call by which a collection, a cache or a builder keeps what it is given.</summary>
    public static bool IsCollecting(IInvocationOperation call) =>
        Collecting.Contains(call.TargetMethod.Name) && Tree.Receiver(call)?.Type is { SpecialType: not SpecialType.System_String } type
        && Types.All(type).Any(one => one.Name is "IEnumerable" or "StringBuilder" or "MemoryStream" || one.Name.EndsWith("Cache", StringComparison.Ordinal) || one.Name.EndsWith("Collection", StringComparison.Ordinal));

    public static Strand Into(Strand at, IObjectCreationOperation creation) => creation.Type switch
    {
        { } type when Types.IsText(type) => at.On(creation, at.Form == Form.Lambda ? Form.Object : Form.Text),
        { IsRecord: true } or { Name: "KeyValuePair" or "Tuple" or "ValueTuple" or "AuthenticationHeaderValue" or "Dictionary" or "TagList" or "ActivityTagsCollection" or "ActivityEvent" } => at.On(creation, at.Form == Form.Text ? Form.Structure : at.Form),
        var type => at.Into(creation, IsClient(type) ? type : null),
    };

    public static IEnumerable<Strand> Through(Strand at, IObjectCreationOperation creation) =>

        // What is made of a version may hold it as it should: that is its own matter.
        (at.Source.IsVersion && at.Form != Form.Lambda && creation.Type is not { Name: "List" or "KeyValuePair" or "Dictionary" or "HashSet" }) || creation.Type is { Name: "WeakReference" } ? [] : [Into(at, creation)];

    public IEnumerable<Strand> Through(Strand at, IPropertyReferenceOperation property)
    {
        var isSame = at.Source.IsVersion
            ? property.Property is { Name: "Result" or "Value" or "this[]" }
            : at.Form switch
            {
                Form.Text => Types.IsText(property.Type),
                Form.Structure => property.Property.IsIndexer || property.Property.Name == "Value",
                Form.Object => contracts.IsShape(property.Property.ContainingType) ? Sources.IsSecretMember(property.Property, contracts) : property.Property.Name is "ConnectionString" or "DefaultRequestHeaders",
                _ => false,
            };
        return isSame ? [at.On(property, Types.IsText(property.Type) && !at.Source.IsVersion ? Form.Text : at.Form)] : [];
    }

    public IEnumerable<Strand> Through(Strand at, IInvocationOperation call)
    {
        var isReceiver = call.Instance == at.Value;
        if (at.Value.Parent != call || call.Parent is IInterpolatedStringAppendOperation)
        {
            return [at.On(call)];
        }

        if (at.Source.IsVersion && at.Form != Form.Lambda)
        {
            return call.TargetMethod.Name is "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult" or "FromResult" or "First" or "FirstOrDefault" or "ToArray" or "ToList" or "Single" or "Last" or "LastOrDefault" or "Where" or "Concat" or "Append"
                ? [at.On(call)] : Collected(at, call, isReceiver);
        }

        if (at.Form == Form.Lambda)
        {
            return IsFactory(call.TargetMethod) ? [at.Into(call, null)] : [];
        }

        return Given(at, call, isReceiver).Concat(Collected(at, call, isReceiver));
    }

    /// <summary>A static method of a type that makes one: as good as its constructor.</summary>
    public static bool IsFactory(IMethodSymbol method) =>
        method is { IsStatic: true, IsExtensionMethod: false, ReturnsVoid: false } && !Types.IsScalar(method.ReturnType)
        && Types.Awaited(method.ReturnType) is { SpecialType: SpecialType.None, TypeKind: not TypeKind.TypeParameter } made && Types.All(method.ContainingType).Contains(made, SymbolEqualityComparer.Default);

    private IEnumerable<Strand> Given(Strand at, IInvocationOperation call, bool isReceiver)
    {
        if (Types.IsScalar(call.Type))
        {
            return [];
        }

        if (at.Form == Form.Object)
        {
            return isReceiver ? OfObject(at, call) : IsFactory(call.TargetMethod) || IsOfTask(call.TargetMethod) ? [at.On(call)] : [];
        }

        var type = call.TargetMethod.ContainingType;
        if (isReceiver ? Types.IsText(call.Type) : IsTurning(call))
        {
            return [at.On(call, at.Form == Form.Structure && type.Name == "Enumerable" ? Form.Structure : Form.Text)];
        }

        return !isReceiver && IsFactory(call.TargetMethod) ? [at.Into(call, IsClient(type) ? type : null)]
            : type.Name == "X509CertificateLoader" || IsOfTask(call.TargetMethod) ? [at.On(call, Form.Object)]
            : [];
    }

    private IEnumerable<Strand> OfObject(Strand at, IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (contracts.IsShape(method.ContainingType))
        {
            return Sources.IsSecretMember(method, contracts) ? [at.On(call, Types.IsText(call.Type) ? Form.Text : Form.Object)] : [];
        }

        var isText = method.Name == "ToString" && Types.Derives(method.ReceiverType ?? method.ContainingType, "System.Data.Common", "DbConnectionStringBuilder");
        return isText ? [at.On(call, Form.Text)] : method.Name == "Build" ? [at.On(call)] : [];
    }

    private static bool IsTurning(IInvocationOperation call) => Types.IsText(call.Type) && Types.All(call.TargetMethod.ContainingType).Any(type => Turning.Contains(type.Name));

    private static bool IsOfTask(IMethodSymbol method) => method.ContainingType.Name is "Task" or "ValueTask";

    private static bool IsClient(ITypeSymbol? type) => type is not null && type.Name.EndsWith("Client", StringComparison.Ordinal);

    // Into a local collection or buffer: whoever reads that has it too.
    private IEnumerable<Strand> Collected(Strand at, IInvocationOperation call, bool isReceiver)
    {
        // `new List<string> { value }`
        if (call.Instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver })
        {
            return [at.On(call, at.Form == Form.Text ? Form.Structure : at.Form)];
        }

        var kept = !isReceiver && IsCollecting(call) ? Place.Of(Tree.Receiver(call)).Variable as ILocalSymbol : null;
        var filled = Filled(call, at.Value).Select(buffer => Place.Of(buffer).Variable).OfType<ILocalSymbol>();
        var isText = kept is not null && Types.IsText(kept.Type);
        return filled.Select(variable => (Variable: variable, Form: Form.Text)).Concat(kept is null ? [] : [(kept, isText ? Form.Text : at.Form == Form.Text ? Form.Structure : at.Form)])
            .SelectMany(one => locals.ReadsOf(one.Variable, call).Select(read => at.Read(read, call, one.Form)));
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Where a value is after an operation has taken it: nowhere, if the operation only looks at it.</summary>
internal sealed class Passing(Contracts contracts, Locals locals)
{
    private readonly Calls _calls = new(contracts, locals);

    public IEnumerable<Strand> Next(Strand at, IOperation into) => IsTransparent(at, into) ? [at.On(into)] : Gathered(at, into) ?? Stored(at, into) ?? Further(at, into);

    // What has the value as it is.
    private static bool IsTransparent(Strand at, IOperation into) => into switch
    {
        IConversionOperation or IAwaitOperation or IParenthesizedOperation or IDelegateCreationOperation or IInterpolationOperation or IInterpolatedStringAppendOperation or ISpreadOperation => true,
        IArgumentOperation or ICoalesceOperation or IInterpolatedStringHandlerCreationOperation or IInterpolatedStringAdditionOperation or IMemberInitializerOperation => true,
        IBinaryOperation sum => sum.OperatorKind == BinaryOperatorKind.Add,
        IConditionalOperation choice => choice.Condition != at.Value,
        ISwitchExpressionArmOperation arm => arm.Value == at.Value,
        IConditionalAccessOperation access => access.WhenNotNull == at.Value,
        _ => false,
    };

    // What has it together with others.
    private IEnumerable<Strand>? Gathered(Strand at, IOperation into) => into switch
    {
        ISwitchExpressionOperation choice when choice.Value != at.Value => [at.On(into)],
        IInterpolatedStringOperation => [at.On(into, Form.Text)],
        ITupleOperation tuple => Deconstructed(at, tuple) ?? [Together(at, into)],
        IArrayInitializerOperation { Parent: { } array } => [Together(at, array)],
        ICollectionExpressionOperation => [Types.IsText(into.Type) ? at.On(into) : Together(at, into)],
        IAnonymousObjectCreationOperation => [Together(at, into)],
        IObjectOrCollectionInitializerOperation { Parent: { } made } => [Made(at, made)],
        _ => null,
    };

    // A variable that has it from here on.
    private IEnumerable<Strand>? Stored(Strand at, IOperation into) => into switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => Read(at, declarator.Symbol, declarator),
        IAssignmentOperation assignment when assignment.Value == at.Value => Assigned(at, assignment),
        IIsPatternOperation test when test.Value == at.Value => Matched(at, test.Pattern),
        ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Matched(at, arm.Pattern)),
        ISwitchOperation choice => choice.Cases.SelectMany(one => one.Clauses).OfType<IPatternCaseClauseOperation>().SelectMany(clause => Matched(at, clause.Pattern)),
        IForEachLoopOperation { LoopControlVariable: IVariableDeclaratorOperation variable } loop when !Types.IsScalar(variable.Symbol.Type) && Tree.IsIn(at.Value, loop.Collection) => Read(at, variable.Symbol, variable),
        _ => null,
    };

    // Another member of the same thing, or what a call makes of it.
    private IEnumerable<Strand> Further(Strand at, IOperation into) => into switch
    {
        IReturnOperation => Returned(at, into),
        IMethodReferenceOperation method when method.Instance == at.Value => [at.On(into, Form.Lambda)],
        IConditionalAccessOperation access => Instances(access).Select(instance => at.On(instance)),
        IPropertyReferenceOperation property when property.Instance == at.Value => _calls.Through(at, property),
        IImplicitIndexerReferenceOperation part when part.Instance == at.Value && Types.IsText(part.Type) => [at.On(into)],
        IArrayElementReferenceOperation part when part.ArrayReference == at.Value && !Types.IsScalar(part.Type) => [at.On(into)],
        IInvocationOperation call => _calls.Through(at, call),
        IObjectCreationOperation creation => Calls.Through(at, creation),
        _ => [],
    };

    // An object that keeps its value to itself does so among others too.
    private static Strand Together(Strand at, IOperation all) => at.On(all, at.Form == Form.Text ? Form.Structure : at.Form);

    /// <summary>What goes on from where a variable was written: each place that reads it, and each lambda that captures it.</summary>
    private IEnumerable<Strand> Read(Strand at, ISymbol variable, IOperation write, Form? form = null)
    {
        foreach (var read in locals.ReadsOf(variable, write))
        {
            var strand = at.Read(read, write, form ?? at.Form);
            yield return strand;
            foreach (var function in Tree.Around(read).Where(Tree.IsFunction).TakeWhile(function => !Tree.IsIn(write, function)))
            {
                foreach (var place in Places(function))
                {
                    yield return strand.On(place, Form.Lambda);
                }
            }
        }
    }

    private IEnumerable<IOperation> Places(IOperation function) => function is ILocalFunctionOperation local ? locals.Of(local.Symbol).Where(place => !Tree.IsIn(place, function)) : [function];

    private IEnumerable<Strand> Assigned(Strand at, IAssignmentOperation assignment)
    {
        // In an initialiser of an object, or of a `with`.
        if (assignment.Target is IMemberReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } } && assignment.Parent is { } made)
        {
            return [at.On(made is IObjectOrCollectionInitializerOperation or IAnonymousObjectCreationOperation ? assignment : made)];
        }

        var further = assignment.Parent is IExpressionStatementOperation ? [] : new[] { at.On(assignment) };
        var isVariable = Locals.Named(assignment.Target) is not null;
        return Place.Of(assignment.Target) is { Variable: ILocalSymbol variable }
            ? further.Concat(Read(at, variable, assignment, isVariable ? at.Form : Form.Object))
            : further.Concat(Place.Of(assignment.Target).Variable is { } parameter && isVariable ? Read(at, parameter, assignment) : []);
    }

    private static Strand Made(Strand at, IOperation made) => made switch
    {
        IObjectCreationOperation creation => Calls.Into(at, creation),
        IWithOperation => Together(at, made),
        _ => at.On(made, Form.Object),
    };

    private IEnumerable<Strand> Matched(Strand at, IPatternOperation pattern) => pattern switch
    {
        IDeclarationPatternOperation { DeclaredSymbol: { } variable } => Read(at, variable, pattern),
        IRecursivePatternOperation recursive => (recursive.DeclaredSymbol is { } variable ? Read(at, variable, pattern) : [])
            .Concat(recursive.PropertySubpatterns.Where(part => part.Member is IMemberReferenceOperation member && Sources.IsSecretMember(member.Member, contracts)).SelectMany(part => Matched(at.On(part, Form.Text), part.Pattern))),
        INegatedPatternOperation negated => Matched(at, negated.Pattern),
        IBinaryPatternOperation both => Matched(at, both.LeftPattern).Concat(Matched(at, both.RightPattern)),
        _ => [],
    };

    private IEnumerable<Strand>? Deconstructed(Strand at, ITupleOperation tuple)
    {
        var value = Tree.Around(tuple).FirstOrDefault(around => around is not IConversionOperation);
        if (value is not IDeconstructionAssignmentOperation assignment || Tree.IsIn(tuple, assignment.Target))
        {
            return null;
        }

        var targets = assignment.Target is IDeclarationExpressionOperation declared ? declared.Expression : assignment.Target;
        return targets is ITupleOperation names && names.Elements.Length == tuple.Elements.Length
            && Place.Of(Bare(names.Elements[tuple.Elements.IndexOf(at.Value)])).Variable is { } variable
            ? Read(at, variable, assignment)
            : [];
    }

    private static IOperation Bare(IOperation element) => element is IDeclarationExpressionOperation declared ? declared.Expression : element;

    private static IEnumerable<IOperation> Instances(IConditionalAccessOperation access) =>
        access.WhenNotNull.DescendantsAndSelf().OfType<IConditionalAccessInstanceOperation>().Where(instance => Tree.Accessed(instance) == access.Operation);

    // A lambda that a call runs for its result.
    private static IEnumerable<Strand> Returned(Strand at, IOperation result)
    {
        if (Tree.Function(result) is not IAnonymousFunctionOperation lambda || Tree.Taker(lambda).Call is not { } call)
        {
            return [];
        }

        return call switch
        {
            IInvocationOperation { TargetMethod.ContainingType.Name: "Enumerable" } => [at.On(call, Form.Structure)],
            IObjectCreationOperation { Type.Name: "Lazy" or "AsyncLazy" } => [at.On(call, Form.Object)],
            IInvocationOperation { TargetMethod.Name: "GetOrAdd" or "GetOrCreate" or "GetOrCreateAsync" or "AddOrUpdate" or "GetOrSet" or "GetOrSetAsync" } => [at.On(call.ChildOperations.OfType<IArgumentOperation>().First(argument => Tree.IsIn(lambda, argument)))],
            _ => [],
        };
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Where an operation stands among others.</summary>
internal static class Tree
{
    public static IEnumerable<IOperation> Around(IOperation operation)
    {
        for (var around = operation.Parent; around is not null; around = around.Parent)
        {
            yield return around;
        }
    }

    public static bool IsIn(IOperation operation, IOperation outer) => operation == outer || Around(operation).Contains(outer);

    /// <summary>The innermost lambda or local function around it; none if the member itself runs it.</summary>
    public static IOperation? Function(IOperation operation) => Around(operation).FirstOrDefault(IsFunction);

    public static bool IsFunction(IOperation operation) => operation is IAnonymousFunctionOperation or ILocalFunctionOperation;

    /// <summary>A value without casts, parentheses, <c>await</c> and <c>?.</c>.</summary>
    public static IOperation? Bare(IOperation? value)
    {
        while (true)
        {
            var inner = value switch
            {
                IConversionOperation conversion => conversion.Operand,
                IParenthesizedOperation parentheses => parentheses.Operand,
                IAwaitOperation awaited => awaited.Operation,
                IConditionalAccessOperation access => access.WhenNotNull,
                IConditionalAccessInstanceOperation instance => Accessed(instance),
                IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult", Instance: { } task } => task,
                _ => null,
            };
            if (inner is null)
            {
                return value;
            }

            value = inner;
        }
    }

    /// <summary>What stands before the <c>?.</c>.</summary>
    public static IOperation? Accessed(IConditionalAccessInstanceOperation instance)
    {
        IOperation inner = instance;
        foreach (var around in Around(instance))
        {
            if (around is IConditionalAccessOperation access && access.Operation != inner)
            {
                return access.Operation;
            }

            inner = around;
        }

        return null;
    }

    /// <summary>The first argument of an extension method, or the object that a method is called on.</summary>
    public static IOperation? Receiver(IInvocationOperation call) =>
        call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value : null);

    /// <summary>The call that a lambda is an argument of, and the parameter that takes it.</summary>
    public static (IOperation? Call, IParameterSymbol? Parameter) Taker(IOperation lambda)
    {
        var value = lambda;
        while (value.Parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IArgumentOperation argument ? (argument.Parent, argument.Parameter) : (null, null);
    }
}

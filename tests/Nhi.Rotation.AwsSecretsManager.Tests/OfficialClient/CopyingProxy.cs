using System.Collections;
using System.Reflection;

namespace Nhi.Rotation.AwsSecretsManager.Tests.OfficialClient;

/// <summary>Stands where the official client would, and hands each call on to another client whose types have the same names.</summary>
public class CopyingProxy : DispatchProxy
{
    internal object Target { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (targetMethod.Name == "get_Config")
        {
            return ((Amazon.Runtime.IAmazonService)Target).Config;
        }

        var method = Target.GetType().GetMethods().Single(method => method.Name == targetMethod.Name);
        var request = Copy(args![0], method.GetParameters()[0].ParameterType);
        var answer = typeof(CopyingProxy).GetMethod(nameof(AnswerAsync), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(method.ReturnType.GetGenericArguments()[0], targetMethod.ReturnType.GetGenericArguments()[0]);
        return answer.Invoke(null, [method.Invoke(Target, [request, args[1]])]);
    }

    private static async Task<TTo> AnswerAsync<TFrom, TTo>(Task<TFrom> answer) => (TTo)Copy(await answer, typeof(TTo))!;

    private static object? Copy(object? from, Type type)
    {
        if (from is null || type.IsInstanceOfType(from))
        {
            return from;
        }

        var to = Activator.CreateInstance(type)!;
        if (to is IList list)
        {
            foreach (var item in (IEnumerable)from)
            {
                list.Add(Copy(item, type.GetGenericArguments()[0]));
            }

            return to;
        }

        foreach (var property in from.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            // What is set here must exist there; the official types have more.
            if (property.GetValue(from) is { } value)
            {
                var same = type.GetProperty(property.Name)!;
                same.SetValue(to, Copy(value, same.PropertyType));
            }
        }

        return to;
    }
}

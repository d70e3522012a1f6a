using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>
/// Opens an object as somebody with a debugger would: every node's ToString and DebuggerDisplay, and below it all fields and properties, public or
/// not, but those with <see cref="DebuggerBrowsableState.Never"/>. Objects of other libraries are opened where they hold ours: collections, tasks,
/// delegates, references.
/// </summary>
internal sealed partial class DebuggerWalk
{
    private const int MaxDepth = 24;
    private const int MaxNodes = 200_000;
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Output _output;
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(object Node, string Path, int Depth)> _waiting = new();

    private DebuggerWalk(Output output) => _output = output;

    private HashSet<Type> Types { get; } = [];

    /// <summary>Opens everything that can be reached.</summary>
    /// <returns>The types of ours that were opened.</returns>
    public static IReadOnlySet<Type> Open(Output output, params IEnumerable<object> roots)
    {
        var walk = new DebuggerWalk(output);
        foreach (var root in roots)
        {
            walk.Enqueue(root, root.GetType().Name, depth: 0);
        }

        while (walk._waiting.TryDequeue(out var next))
        {
            Assert.True(walk._seen.Count < MaxNodes, $"more than {MaxNodes} objects: the walk has left the library at {next.Path}");
            walk.Visit(next.Node, next.Path, next.Depth);
        }

        return walk.Types;
    }

    private static bool IsOurs(Type type) => !type.IsArray && type.FullName?.StartsWith("Nhi.Rotation", StringComparison.Ordinal) == true;

    private static bool IsHidden(MemberInfo member) => member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State == DebuggerBrowsableState.Never;

    private void Enqueue(object? node, string path, int depth)
    {
        if (node is null || depth > MaxDepth || node is Type or MemberInfo or Assembly or Thread)
        {
            return;
        }

        if (node is byte[] or char[] or string or ReadOnlyMemory<byte> or Memory<byte> || node.GetType().IsPrimitive || node.GetType().IsEnum)
        {
            _output.Add($"debugger {path}", node);
        }
        else if (node.GetType().IsValueType || _seen.Add(node))
        {
            _waiting.Enqueue((node, path, depth));
        }
    }

    private void Visit(object node, string path, int depth)
    {
        var type = node.GetType();
        _output.Add($"ToString of {type.Name}", node.ToString());
        if (IsOurs(type))
        {
            Types.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
            OpenOurs(node, type, path, depth);
        }

        switch (node)
        {
            case Delegate @delegate:
                Enqueue(@delegate.Target, $"{path}.Target", depth + 1);
                break;
            case Task { IsCompletedSuccessfully: true } task when type.IsGenericType:
                Enqueue(type.GetProperty("Result")!.GetValue(task), $"{path}.Result", depth + 1);
                break;
            case Exception error:
                _output.Add($"debugger {path}", error);
                break;
            case IEnumerable items when !IsOurs(type):
                foreach (var item in Items(items))
                {
                    Enqueue(item, $"{path}[]", depth + 1);
                }

                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                {
                    Enqueue(tuple[i], $"{path}.Item{i + 1}", depth + 1);
                }

                break;
            default:
                OpenKnown(node, type, path, depth);
                break;
        }
    }

    // What holds an object of ours in its fields, and is no collection.
    private void OpenKnown(object node, Type type, string path, int depth)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(WeakReference<>))
        {
            object?[] target = [null];
            type.GetMethod("TryGetTarget")!.Invoke(node, target);
            Enqueue(target[0], $"{path}.Target", depth + 1);
        }
        else if (definition == typeof(KeyValuePair<,>) || definition == typeof(Lazy<>) || definition == typeof(TaskCompletionSource<>))
        {
            foreach (var property in type.GetProperties())
            {
                Enqueue(property.GetValue(node), $"{path}.{property.Name}", depth + 1);
            }
        }
    }

    private void OpenOurs(object node, Type type, string path, int depth)
    {
        if (type.GetCustomAttribute<DebuggerDisplayAttribute>(inherit: true) is { } display)
        {
            _output.Add($"DebuggerDisplay of {type.Name}", Evaluate(node, display.Value ?? string.Empty));
        }

        Assert.Null(type.GetCustomAttribute<DebuggerTypeProxyAttribute>(inherit: true));
        for (var level = type; level is not null && IsOurs(level); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Members).Where(static field => !IsHidden(field) && !field.Name.StartsWith('<')))
            {
                Enqueue(field.GetValue(node), $"{path}.{field.Name}", depth + 1);
            }

            foreach (var property in level.GetProperties(Members).Where(static property => !IsHidden(property) && property.GetIndexParameters().Length == 0 && property.CanRead))
            {
                Enqueue(Read(node, property, path), $"{path}.{property.Name}", depth + 1);
            }

            // A closure or an iterator keeps what it captured in fields with odd names.
            foreach (var field in level.GetFields(Members).Where(field => field.Name.StartsWith('<') && !field.Name.EndsWith("k__BackingField", StringComparison.Ordinal)))
            {
                Enqueue(field.GetValue(node), $"{path}.{field.Name}", depth + 1);
            }
        }
    }

    private object? Read(object node, PropertyInfo property, string path)
    {
        try
        {
            return property.PropertyType.IsByRef || property.PropertyType.IsByRefLike ? null : property.GetValue(node);
        }
        catch (TargetInvocationException error)
        {
            _output.Add($"debugger {path}.{property.Name} throws", error.InnerException!);
            return null;
        }
    }

    private static IEnumerable<object?> Items(IEnumerable items)
    {
        try
        {
            return [.. items.Cast<object?>()];
        }
        catch (InvalidOperationException)
        {
            // A default ImmutableArray.
            return [];
        }
    }

    private static string Evaluate(object node, string display)
    {
        var text = new StringBuilder(Expression().Replace(display, match => Output.TextOf(Evaluate(node, match.Groups[1].Value.Split('.'))) ?? "null"));
        return text.ToString();
    }

    private static object? Evaluate(object? node, IEnumerable<string> steps)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var step in steps)
        {
            if (node is null)
            {
                return null;
            }

            var type = node.GetType();
            node = step.EndsWith("()", StringComparison.Ordinal)
                ? (type.GetMethod(step[..^2], all, []) ?? throw new MissingMethodException(type.FullName, step)).Invoke(node, null)
                : type.GetProperty(step, all) is { } property ? property.GetValue(node)
                : (type.GetField(step, all) ?? throw new MissingFieldException(type.FullName, step)).GetValue(node);
        }

        return node;
    }

    [GeneratedRegex(@"\{([^{},]+)(?:,[^{}]*)?\}")]
    private static partial Regex Expression();
}

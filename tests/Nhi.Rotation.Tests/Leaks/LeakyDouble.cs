using System.Diagnostics;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>What a careless type would look like; each of its kinds of leak has to be found.</summary>
internal static class LeakyDouble
{
    internal sealed record GeneratedToString(string Value);

    internal sealed class PrivateField(string value)
    {
        private readonly string _value = value;

        public int Length => _value.Length;
    }

    internal sealed class PrivateBytes(byte[] value)
    {
        private readonly ReadOnlyMemory<byte> _value = value;

        public int Length => _value.Length;
    }

    internal sealed class Closure(Func<string> value)
    {
        public Func<string> Value => value;
    }

    internal sealed class Nested(params object[] items)
    {
        public IReadOnlyList<object> Items => items;
    }

    [DebuggerDisplay("value {_value,nq}")]
    internal sealed class Display(string value)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        private readonly string _value = value;

        public int Length => _value.Length;
    }

    internal sealed class Throwing(string value)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        private readonly string _value = value;

        public int Length => throw new InvalidOperationException(_value);
    }

    internal sealed class Hidden(string value)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        private readonly string _value = value;

        public int Length => _value.Length;
    }
}

namespace Nhi.Rotation.Lifecycle;

/// <summary>Tells whether two values are the same, and nothing else of them: a keyed fingerprint that only this process can make.</summary>
internal readonly record struct ValueMark(ulong Low, ulong High);

using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Where something comes out that must not be kept.</summary>
/// <param name="operation">The call or property that gives it.</param>
/// <param name="form">As what.</param>
/// <param name="isVersion">A version of a credential, or what was derived from one; else what was revealed.</param>
/// <param name="isAsked">Whether this code asked for it. Else it was handed in, and whoever did that does it again for the next version.</param>
internal sealed class Source(IOperation operation, Form form, bool isVersion, bool isAsked)
{
    public IOperation Operation { get; } = operation;

    public Form Form { get; } = form;

    public bool IsVersion { get; } = isVersion;

    public bool IsAsked { get; } = isAsked;
}

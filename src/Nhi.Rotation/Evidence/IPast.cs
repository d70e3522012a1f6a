namespace Nhi.Rotation.Evidence;

/// <summary>What is known of runs before this process and beside it.</summary>
internal interface IPast
{
    /// <summary>Why it is not known who used a credential then; <see langword="null"/> when it is.</summary>
    string? Gap { get; }

    /// <summary>The uses of a credential by other runs of this app.</summary>
    IReadOnlyList<CredentialUse> UsesOf(string credentialName);
}

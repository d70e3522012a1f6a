namespace Nhi.Rotation;

/// <summary>How sure it is that the other side refused a version.</summary>
public enum RefusalKind
{
    /// <summary>It said so: status 401, a wrong password.</summary>
    Certain,

    /// <summary>
    /// It failed while it authenticated us, and nothing says that it was for another reason. Another version decides: if that one is accepted, the first was
    /// refused; if it fails too, the credential is not to blame.
    /// </summary>
    Suspected,
}

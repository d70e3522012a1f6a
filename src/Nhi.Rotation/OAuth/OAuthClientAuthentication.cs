namespace Nhi.Rotation;

/// <summary>How a client proves to a token endpoint who it is (RFC 6749, section 2.3.1).</summary>
public enum OAuthClientAuthentication
{
    /// <summary><c>client_secret_basic</c>: HTTP Basic, both parts form-encoded first. Every server has to take it.</summary>
    Basic,

    /// <summary><c>client_secret_post</c>: in the body. For servers that want it, or that do not decode the parts of Basic.</summary>
    Post,
}

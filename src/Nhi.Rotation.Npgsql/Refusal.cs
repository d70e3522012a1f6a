using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>Errors with which PostgreSQL refuses a user or a password. https://www.postgresql.org/docs/current/errcodes-appendix.html, class 28.</summary>
internal static class Refusal
{
    public static bool Is(NpgsqlException error) => Find(error) is not null;

    /// <summary>Whether nothing was presented, because the version was revoked meanwhile.</summary>
    public static bool IsWithdrawn(NpgsqlException error) => error.InnerException switch
    {
        CredentialUnavailableException => true,
        AggregateException many => many.InnerExceptions.OfType<NpgsqlException>().Any(IsWithdrawn),
        _ => false,
    };

    /// <summary>The code, or <see langword="null"/> if the error is about something else.</summary>
    public static string? Find(NpgsqlException error) => error switch
    {
        { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => error.SqlState,

        // Several hosts that failed in different ways.
        { InnerException: AggregateException many } => many.InnerExceptions.OfType<NpgsqlException>().Select(Find).FirstOrDefault(static code => code is not null),
        _ => null,
    };
}

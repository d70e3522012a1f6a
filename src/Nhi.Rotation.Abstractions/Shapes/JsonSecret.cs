using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>A stored secret that is a JSON object of which one field is the value. For authors of backends: the option <c>JsonField</c> or <c>Field</c>, with the same rules and errors everywhere.</summary>
public static class JsonSecret
{
    /// <summary>Takes the text of one field.</summary>
    /// <param name="json">The secret, in UTF-8. An object without comments and without a property twice.</param>
    /// <param name="field">The field's name, compared with case.</param>
    /// <param name="credentialName">The credential, for the error.</param>
    /// <param name="subject">What the JSON is, for the error: <c>'/run/secrets/db'</c>, or <c>version '7' of secret 'db'</c>.</param>
    /// <returns>The text; not empty, and without NUL characters.</returns>
    /// <exception cref="BackendException">There is no such text (<see cref="BackendFailure.InvalidContent"/>). The message names subject and field and shows no content.</exception>
    public static string ReadField(ReadOnlyMemory<byte> json, string field, string credentialName, string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (!StrictJson.TryParse(json, out var document, out var problem))
        {
            throw Invalid($"{subject} {problem.Cause}", $"{problem.Fix} Or name no field, to take the whole content.");
        }

        using (document)
        {
            if (!document.RootElement.TryGetProperty(field, out var element))
            {
                throw Invalid($"{subject} has no field '{field}'", "Correct the name of the field in the options, or write the field.");
            }

            return StrictJson.TextOf(element) is { Length: > 0 } text && !text.Contains('\0', StringComparison.Ordinal)
                ? text
                : throw Invalid($"the field '{field}' of {subject} is not a usable string", "Write a string that is not empty and has no NUL character.");
        }

        BackendException Invalid(string cause, string fix) => new(credentialName, BackendFailure.InvalidContent, cause, fix);
    }
}

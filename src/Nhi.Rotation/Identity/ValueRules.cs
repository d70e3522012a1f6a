using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Identity;

/// <summary>What a credential's values must be, as its options have it.</summary>
internal sealed record ValueRules
{
    // A key of 16 characters of an alphabet of 64 has 96 bits: nobody tries them all at a door that is open to anybody.
    private const int InboundMinimum = 16;

    // What NIST SP 800-63B asks of a password that a person chooses. Only said, not refused: "guest" is a real one on a laptop.
    private const int ShortOutbound = 8;

    public required int? MinimumLength { get; init; }

    public required bool AcceptsAnyValue { get; init; }

    public static ValueRules From(CredentialOptions options) => new()
    {
        MinimumLength = options.MinimumLength,
        AcceptsAnyValue = options.AcceptAnyValue,
    };

    /// <summary>What is to be said of a value.</summary>
    public ValueExam Examine(ReadOnlySpan<byte> value, string credentialName)
    {
        if (NoSecret.Rule(value, credentialName) is { } rule)
        {
            return new ValueExam(Unfit: new Unfit(rule, IsRefused: !AcceptsAnyValue));
        }

        var length = NoSecret.Length(value);
        if (length < (MinimumLength ?? InboundMinimum))
        {
            return new ValueExam(
                Unfit: new Unfit($"it is shorter than MinimumLength ({MinimumLength ?? InboundMinimum})", IsRefused: MinimumLength is not null && !AcceptsAnyValue),
                Remark: MinimumLength is null && length < ShortOutbound ? $"it is shorter than {ShortOutbound} characters" : null);
        }

        return default;
    }
}

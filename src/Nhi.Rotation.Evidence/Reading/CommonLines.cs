using System.Text.Json;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>
/// Reads the lines that most of a file is made of, uses and signs of life, in a fraction of the time that a general reader takes. Of any line that is not exactly one of them it says nothing. Not safe for concurrent use.
/// </summary>
internal sealed class CommonLines
{
    // By field. What lines say again and again is one string.
    private readonly string[] _texts = [.. CommonField.All.Select(static _ => string.Empty)];
    private readonly long[] _numbers = new long[CommonField.All.Length];
    private readonly DateTimeOffset[] _dates = new DateTimeOffset[CommonField.All.Length];
    private int _has;
    private double _seconds;
    private EvidenceKind _kind;
    private CredentialStage _stage;

    /// <summary>What a line says, as the general reader would give it, or <see langword="null"/> if that one is to be asked.</summary>
    public ChainLine? TryRead(ReadOnlySpan<byte> line)
    {
        _has = 0;
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            for (var field = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; field++)
            {
                field = reader.ValueIsEscaped ? -1 : CommonField.Find(reader.ValueSpan, field);
                if (field < 0 || !reader.Read() || Has(field) || !TryTake(ref reader, field))
                {
                    return null;
                }

                _has |= 1 << field;
            }

            // What comes after the object is for the general reader to refuse.
            return reader.TokenType == JsonTokenType.EndObject && reader.BytesConsumed == line.Length ? ToLine() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool Has(int field) => (_has & (1 << field)) != 0;

    private bool TryTake(ref Utf8JsonReader reader, int field) => (CommonField.All[field].Form, reader.TokenType) switch
    {
        (CommonForm.Number, JsonTokenType.Number) => reader.TryGetInt64(out _numbers[field]),
        (CommonForm.Seconds, JsonTokenType.Number) => reader.TryGetDouble(out _seconds),
        (CommonForm.Date, JsonTokenType.String) => reader.TryGetDateTimeOffset(out _dates[field]),
        (_, JsonTokenType.String) => !reader.ValueIsEscaped && TryTakeText(ref reader, field),
        _ => false,
    };

    private bool TryTakeText(ref Utf8JsonReader reader, int field)
    {
        var value = reader.ValueSpan;
        switch (CommonField.All[field].Form)
        {
            case CommonForm.Text:
                _texts[field] = reader.ValueTextEquals(_texts[field]) ? _texts[field] : reader.GetString()!;
                return true;
            case CommonForm.Kind:
                _kind = value.SequenceEqual("alive"u8) ? EvidenceKind.Alive : EvidenceKind.Used;
                return _kind == EvidenceKind.Alive || value.SequenceEqual("used"u8);
            case CommonForm.Stage:
                _stage = value.SequenceEqual("current"u8) ? CredentialStage.Current : CredentialStage.Previous;
                return _stage == CredentialStage.Current || value.SequenceEqual("previous"u8);
            default:
                return CommonField.All[field].Form == CommonForm.Ignored;
        }
    }

    private ChainLine? ToLine() => !(Has(CommonField.Seq) && Has(CommonField.At) && Has(CommonField.Instance) && Has(CommonField.Kind) && Has(CommonField.Prev)) ? null : new ChainLine
    {
        Seq = _numbers[CommonField.Seq],
        At = _dates[CommonField.At],
        UpSeconds = Has(CommonField.Up) ? _seconds : null,
        Instance = _texts[CommonField.Instance],
        Kind = _kind,
        Credential = Text(CommonField.Credential),
        Version = Text(CommonField.Version),
        Stage = Has(CommonField.Stage) ? _stage : null,
        Consumer = Text(CommonField.Consumer),
        Caller = Text(CommonField.Caller),
        Uses = Number(CommonField.Uses),
        InOverlap = Number(CommonField.InOverlap),
        AfterEnd = Number(CommonField.AfterEnd),
        FirstUse = Date(CommonField.FirstUse),
        LastUse = Date(CommonField.LastUse),
        Prev = _texts[CommonField.Prev],
    };

    private string? Text(int field) => Has(field) ? _texts[field] : null;

    private long? Number(int field) => Has(field) ? _numbers[field] : null;

    private DateTimeOffset? Date(int field) => Has(field) ? _dates[field] : null;
}

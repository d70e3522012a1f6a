using System.Text.Json;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>
/// Reads the lines that most of a file is made of, uses and signs of life, in a fifth of the time that a general reader takes. Of any line that is not exactly one of them it says nothing. Not safe for concurrent use.
/// </summary>
internal sealed class CommonLines
{
    // What lines say again and again is one string.
    private string _instance = string.Empty;
    private string _credential = string.Empty;
    private string _version = string.Empty;
    private string _consumer = string.Empty;
    private string _caller = string.Empty;

    /// <summary>What a line says, as the general reader would give it, or <see langword="null"/> if that one is to be asked.</summary>
    public ChainLine? TryRead(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var fields = default(CommonFields);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryTake(ref reader, ref fields))
                {
                    return null;
                }
            }

            // What comes after the object is for the general reader to refuse.
            return reader.TokenType == JsonTokenType.EndObject && reader.BytesConsumed == line.Length ? fields.ToLine() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool TryTake(ref Utf8JsonReader reader, ref CommonFields fields)
    {
        if (reader.ValueIsEscaped)
        {
            return false;
        }

        var field = CommonFields.Find(reader.ValueSpan);
        return field != CommonField.None && reader.Read() && !fields.Has(field) && Take(ref reader, ref fields, field);
    }

    private bool Take(ref Utf8JsonReader reader, ref CommonFields fields, CommonField field)
    {
        fields.Add(field);
        return field switch
        {
            CommonField.At => TryDate(ref reader, out fields.At),
            CommonField.FirstUse => TryDate(ref reader, out fields.FirstUse),
            CommonField.LastUse => TryDate(ref reader, out fields.LastUse),
            CommonField.Seq => TryNumber(ref reader, out fields.Seq),
            CommonField.Uses => TryNumber(ref reader, out fields.Uses),
            CommonField.InOverlap => TryNumber(ref reader, out fields.InOverlap),
            CommonField.AfterEnd => TryNumber(ref reader, out fields.AfterEnd),
            CommonField.UpSeconds => reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out fields.UpSeconds),
            CommonField.Kind => IsText(ref reader) && fields.TryKind(reader.ValueSpan),
            CommonField.Stage => IsText(ref reader) && fields.TryStage(reader.ValueSpan),
            CommonField.Instance => TryText(ref reader, ref _instance, out fields.Instance),
            CommonField.Credential => TryText(ref reader, ref _credential, out fields.Credential),
            CommonField.Version => TryText(ref reader, ref _version, out fields.Version),
            CommonField.Consumer => TryText(ref reader, ref _consumer, out fields.Consumer),
            CommonField.Caller => TryText(ref reader, ref _caller, out fields.Caller),
            CommonField.Prev => IsText(ref reader) && (fields.Prev = reader.GetString()) is not null,
            _ => IsText(ref reader),
        };
    }

    private static bool IsText(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped;

    private static bool TryText(ref Utf8JsonReader reader, ref string known, out string? text)
    {
        text = null;
        if (!IsText(ref reader))
        {
            return false;
        }

        text = known = known.Length > 0 && reader.ValueTextEquals(known) ? known : reader.GetString()!;
        return true;
    }

    private static bool TryDate(ref Utf8JsonReader reader, out DateTimeOffset date)
    {
        date = default;
        return reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out date);
    }

    private static bool TryNumber(ref Utf8JsonReader reader, out long number)
    {
        number = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number);
    }
}

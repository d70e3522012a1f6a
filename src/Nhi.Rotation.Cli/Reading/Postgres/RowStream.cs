using System.Text;
using Npgsql;

namespace Nhi.Rotation.Cli.Reading.Postgres;

/// <summary>The text column of a result as a stream of lines. Forward only.</summary>
internal sealed class RowStream(NpgsqlDataReader rows) : Stream
{
    private ReadOnlyMemory<byte> _row;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_row.IsEmpty && !TryNext()))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _row.Length);
        _row.Span[..count].CopyTo(buffer);
        _row = _row[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool TryNext()
    {
        try
        {
            if (!rows.Read())
            {
                return false;
            }

            _row = Encoding.UTF8.GetBytes(rows.GetString(0) + '\n');
            return true;
        }
        catch (NpgsqlException error)
        {
            throw PostgresTable.Told(error);
        }
    }
}

using System.Buffers;
using System.Text;

/// <summary>A process that had values in buffers of pools: it gave some back as they were, and still has others.</summary>
internal static class BufferSubject
{
    public static async Task RunAsync(string secrets)
    {
        var own = ArrayPool<byte>.Create();
        var rented = new List<byte[]>();
        foreach (var pool in (ArrayPool<byte>[])[ArrayPool<byte>.Shared, own])
        {
            // More than the thread's own place in the shared pool takes.
            foreach (var buffer in (List<byte[]>)[Fill(pool, secrets, "returned"), Fill(pool, secrets, "returned"), Fill(pool, secrets, "returned")])
            {
                pool.Return(buffer);
            }

            rented.Add(Fill(pool, secrets, "rented"));
        }

        // What a string leaves behind in memory that a buffer is made of, and beside it text that the program wrote.
        rented.Add(Remains(secrets, "collected", zero: 0));
        rented.Add(Remains(secrets, "overwritten", zero: 1));

        Console.WriteLine("http://127.0.0.1");
        await Task.Delay(Timeout.InfiniteTimeSpan);
        GC.KeepAlive(rented);
        GC.KeepAlive(own);
    }

    private static byte[] Fill(ArrayPool<byte> pool, string secrets, string name)
    {
        var buffer = pool.Rent(4096);
        File.ReadAllBytes(Path.Combine(secrets, name)).CopyTo(buffer, 0);
        return buffer;
    }

    private static byte[] Remains(string secrets, string name, byte zero)
    {
        var text = $"Bearer {File.ReadAllText(Path.Combine(secrets, name))}";
        var buffer = new byte[4096];
        BitConverter.TryWriteBytes(buffer.AsSpan(256), typeof(string).TypeHandle.Value);
        BitConverter.TryWriteBytes(buffer.AsSpan(264), text.Length);
        Encoding.Unicode.GetBytes(text, buffer.AsSpan(268));
        buffer[268 + (2 * text.Length)] = zero;
        return buffer;
    }
}

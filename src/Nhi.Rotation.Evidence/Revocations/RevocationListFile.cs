using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nhi.Rotation.Evidence.Revocations;

/// <summary>
/// A list of revocations in a file: <c>{ "revoked": [ { "credential": "stripe", "version": "v41", "why": "leaked", "since": "2026-11-27T03:10:00Z" } ] }</c>, with
/// <c>fingerprint</c> instead of <c>version</c> where a value is meant.
/// </summary>
/// <remarks>Safe for concurrent use, also by several processes of one machine.</remarks>
public static class RevocationListFile
{
    /// <summary>The largest file that is read, in bytes: some ten thousand entries.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RevocationListException">It is missing, not readable, too large, or has a mistake.</exception>
    public static IReadOnlyList<RevocationEntry> Read(string path) => Parse(ReadBytes(path), path);

    /// <summary>Reads what a file holds.</summary>
    /// <param name="json">The content.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="RevocationListException">It has a mistake; the message names the line.</exception>
    public static IReadOnlyList<RevocationEntry> Parse(ReadOnlyMemory<byte> json, string path) => RevocationListReader.Read(json, path);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RevocationListException">It is missing, not readable or too large.</exception>
    public static byte[] ReadBytes(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > MaxBytes)
            {
                throw new RevocationListException($"'{path}' is larger than {MaxBytes} bytes. Take revocations off that no store has any more.");
            }

            var bytes = new byte[file.Length];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RevocationListException($"'{path}' cannot be read ({error.GetType().Name}). Make it readable for this process, or write {{ \"revoked\": [] }} into it.", error);
        }
    }

    /// <summary>Adds an entry, in one step that no reader sees half of. A file that does not exist is made.</summary>
    /// <param name="path">The file; its directory must be writable.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>Whether it was not on the list before.</returns>
    /// <exception cref="RevocationListException">The file has a mistake, or cannot be written; <see cref="RevocationListException.IsBusy"/> while another process writes.</exception>
    public static bool Add(string path, RevocationEntry entry)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            var file = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path.GetFullPath(path);
            using var turn = TakeTurn(file);
            var entries = File.Exists(file) ? Read(file) : [];
            if (entries.Any(known => known.CredentialName == entry.CredentialName && known.VersionId == entry.VersionId && known.Fingerprint == entry.Fingerprint))
            {
                return false;
            }

            Replace(file, [.. entries, entry]);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RevocationListException($"'{path}' cannot be written ({error.GetType().Name}). Make it and its directory writable for this process, or add the entry by hand.", error);
        }
    }

    // Two that read the same list and write it back would lose an entry.
    private static FileStream TakeTurn(string file)
    {
        try
        {
            return new FileStream($"{file}.lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or PathTooLongException) && File.Exists($"{file}.lock"))
        {
            throw new RevocationListException($"'{file}' is being written by another process. Try again.", error) { IsBusy = true };
        }
    }

    private static void Replace(string file, IReadOnlyList<RevocationEntry> entries)
    {
        var next = $"{file}.{Environment.ProcessId}.new";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            if (!OperatingSystem.IsWindows() && File.Exists(file))
            {
                File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(file));
            }

            using var writer = new Utf8JsonWriter(stream, Readable);
            Write(writer, entries);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<RevocationEntry> entries)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("revoked");
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("credential", entry.CredentialName);
            WriteIfAny(writer, "version", entry.VersionId);
            WriteIfAny(writer, "fingerprint", entry.Fingerprint?.ToString());
            writer.WriteString("why", entry.Why);
            WriteIfAny(writer, "since", entry.Since?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}

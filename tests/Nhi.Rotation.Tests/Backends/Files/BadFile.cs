using System.Diagnostics;
using System.Text;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>A way in which files can be wrong, and what is said about it.</summary>
/// <param name="Arrange">Makes it in a directory and returns the credential's path.</param>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Cause">A part of the cause.</param>
/// <param name="Fix">A part of the fix.</param>
/// <param name="Configure">Options.</param>
internal sealed record BadFile(
    Func<FileFixture, string> Arrange, BackendFailure Failure, string Cause, string Fix, Action<FileBackendOptions>? Configure = null)
{
    public const string Canary = "CANARY-7f3a";

    private const string TwoVersions = $$"""{ "id": "v1", "file": "v1.key" }, { "id": "v2", "file": "v1.key" }""";

    public static IReadOnlyDictionary<string, BadFile> All { get; } = new Dictionary<string, BadFile>
    {
        ["missing file"] = new(f => f.PathOf("token"), BackendFailure.NotFound, "token' does not exist", "Create the file"),
        ["missing directory"] = new(f => f.PathOf("gone/token"), BackendFailure.NotFound, "token' does not exist", "Create the file"),
        ["a file used as a directory"] = new(
            f => Path.Join(f.Write("token", Canary), "x"), BackendFailure.NotFound, "does not exist", "correct the path"),
        ["directory without manifest"] = new(f => f.Root, BackendFailure.Misconfigured, "without manifest.json", "set FileName"),
        ["directory as a single value"] = new(
            f => f.Root, BackendFailure.Misconfigured, "is a directory, not a file", "set FileName", o => o.Layout = FileLayout.SingleValue),
        ["file as a version directory"] = new(
            f => f.Write("token", Canary), BackendFailure.Misconfigured, "is a file", "another Layout", o => o.Layout = FileLayout.VersionDirectory),
        ["version directory without manifest"] = new(
            f => f.Root, BackendFailure.NotFound, "manifest.json' does not exist", "Create the file", o => o.Layout = FileLayout.VersionDirectory),
        ["no path"] = new(_ => " ", BackendFailure.Misconfigured, "is not a path", "Set the path"),
        ["NUL in the path"] = new(_ => "/run\0/x", BackendFailure.Misconfigured, "is not a path", "Set the path"),
        ["path too long"] = new(f => f.PathOf(new string('x', 5_000)), BackendFailure.Misconfigured, "longer than this system allows", "Correct the path"),
        ["empty file"] = new(f => f.Write("token", ""), BackendFailure.InvalidContent, "is empty", "regular file"),
        ["only a newline"] = new(f => f.Write("token", "\r\n"), BackendFailure.InvalidContent, "nothing but", "Write the value"),
        ["only a byte order mark"] = new(
            f => f.Write("token", [.. Encoding.UTF8.Preamble]), BackendFailure.InvalidContent, "nothing but", "Write the value"),
        ["10 MiB"] = new(
            f => f.Write("token", Canary.PadRight(10 * 1024 * 1024, 'x')), BackendFailure.InvalidContent, "has 10485760 bytes", "MaxFileSize"),
        ["one byte too many"] = new(
            f => f.Write("token", Canary), BackendFailure.InvalidContent, "has 11 bytes, and the limit is 10", "MaxFileSize", o => o.MaxFileSize = 10),
        ["NUL bytes"] = new(f => f.Write("token", Canary + "\0"), BackendFailure.InvalidContent, "NUL bytes", "Content to Binary"),
        ["invalid UTF-8"] = new(
            f => f.Write("token", [.. Encoding.UTF8.GetBytes(Canary), 0xC3, 0x28]), BackendFailure.InvalidContent, "not valid UTF-8", "Content to Binary"),
        ["half of a character in UTF-16"] = new(
            f => f.Write("token", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Canary), (byte)'x']), BackendFailure.InvalidContent, "not valid UTF-16", "as UTF-8"),
        ["half of a surrogate pair in UTF-16"] = new(
            f => f.Write("token", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Canary), 0xd8, 0]), BackendFailure.InvalidContent, "not valid UTF-16", "as UTF-8"),
        ["NUL in UTF-16"] = new(
            f => f.Write("token", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Canary + "\0")]), BackendFailure.InvalidContent, "NUL bytes", "Content to Binary"),
        ["UTF-16 without a mark"] = new(f => f.Write("token", Encoding.Unicode.GetBytes(Canary)), BackendFailure.InvalidContent, "NUL bytes", "in UTF-8"),
        ["UTF-32"] = new(f => f.Write("token", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(Canary)]), BackendFailure.InvalidContent, "NUL bytes", "in UTF-8"),
        ["only a mark of UTF-16"] = new(f => f.Write("token", [.. Encoding.Unicode.Preamble]), BackendFailure.InvalidContent, "nothing but", "Write the value"),
        ["dangling link"] = new(f => Link(f, "token", "gone"), BackendFailure.NotFound, "gone', which does not exist", "mount the secret"),
        ["loop of links"] = new(f => Link(f, "token", Link(f, "other", "token")), BackendFailure.Misconfigured, "loop of symbolic links", "Point the link"),
        ["pipe"] = new(MakePipe, BackendFailure.InvalidContent, "a pipe", "regular file"),
        ["device"] = new(_ => "/dev/zero", BackendFailure.InvalidContent, "a device", "regular file"),
        ["link to a device"] = new(f => Link(f, "token", "/dev/zero"), BackendFailure.InvalidContent, "a device", "regular file"),

        ["JSON field: not JSON"] = new(
            f => f.Write("token", Canary), BackendFailure.InvalidContent, "not valid JSON at line 1, byte 1", "JSON serializer", UseField),
        ["JSON field: not an object"] = new(
            f => f.Write("token", $"[\"{Canary}\"]"), BackendFailure.InvalidContent, "not an object", "Write an object", UseField),
        ["JSON field: missing"] = new(
            f => f.Write("token", $$"""{"Password":"{{Canary}}"}"""), BackendFailure.InvalidContent, "no field 'password'", "Correct the name", UseField),
        ["JSON field: twice"] = new(
            f => f.Write("token", $$"""{"password":"{{Canary}}","password":"b"}"""), BackendFailure.InvalidContent, "property twice", "once", UseField),
        ["JSON field: not a string"] = new(
            f => f.Write("token", $$"""{"password":["{{Canary}}"]}"""), BackendFailure.InvalidContent, "not a usable string", "Write a string", UseField),
        ["JSON field: empty"] = new(
            f => f.Write("token", """{"password":""}"""), BackendFailure.InvalidContent, "not a usable string", "not empty", UseField),
        ["JSON field: NUL"] = new(
            f => f.Write("token", $$"""{"password":"{{Canary}}\u0000"}"""), BackendFailure.InvalidContent, "not a usable string", "NUL", UseField),
        ["JSON field: lone surrogate"] = new(
            f => f.Write("token", $$"""{"password":"{{Canary}}\ud800"}"""), BackendFailure.InvalidContent, "not a usable string", "Write a string", UseField),
        ["JSON field of a document"] = new(
            f => f.Write("a.versions.json", "{}"), BackendFailure.Misconfigured, "version document", "leave JsonField unset", UseField),

        ["manifest: empty"] = Manifest("", "is empty", "regular file"),
        ["manifest: broken"] = Manifest($$"""{ "versions": [ { "id": "{{Canary}}""", "not valid JSON at line 1", "JSON serializer"),
        ["manifest: comment"] = Manifest($"{{ // {Canary}\n }}", "not valid JSON", "without comments"),
        ["manifest: invalid UTF-8"] = new(
            f => Path.GetDirectoryName(f.Write("manifest.json", [0xC3, 0x28]))!, BackendFailure.InvalidContent, "not valid UTF-8", "as UTF-8"),
        ["manifest: too large"] = Manifest(Canary.PadRight(100_000), "has 100000 bytes", "MaxFileSize"),
        ["manifest: not an object"] = Manifest($"\"{Canary}\"", "not an object", "Write an object"),
        ["manifest: no versions"] = Manifest("{}", "'versions' is not a list", "1 to 64 versions"),
        ["manifest: empty versions"] = Versions("", "'versions' is not a list", "1 to 64 versions"),
        ["manifest: too many versions"] = Versions(
            string.Join(',', Enumerable.Range(0, 65).Select(n => $$"""{ "id": "v{{n}}", "file": "v1.key" }""")), "'versions' is not a list", "1 to 64"),
        ["manifest: version is a string"] = Versions($"\"{Canary}\"", "versions[0] is not an object", "as an object"),
        ["manifest: unknown property"] = Manifest($$"""{ "{{Canary}}": 1 }""", "the manifest has an unknown property", "Allowed are: versions"),
        ["manifest: misspelt date"] = Version("""
            "notbefore": "2026-01-01T00:00:00Z"
            """, "versions[0] has an unknown property", "notBefore, expiresOn"),
        ["manifest: no id"] = Versions("""{ "file": "v1.key" }""", "versions[0] has no usable id", "Write an id"),
        ["manifest: id with a blank"] = Versions($$"""{ "id": "{{Canary}} x", "file": "v1.key" }""", "versions[0] has no usable id", "Write an id"),
        ["manifest: duplicate id"] = Versions(
            """{ "id": "v1", "file": "v1.key" }, { "id": "v1", "file": "v2.key" }""", "two versions have the id 'v1'", "id of its own"),
        ["manifest: unknown current"] = Labels("\"current\": \"v9\"", "'current' names a version that is not listed", "List the version"),
        ["manifest: two current in a list"] = Labels("\"current\": [\"v1\", \"v2\"]", "'current' of the manifest is not a string", "one string"),
        ["manifest: two current properties"] = Labels("\"current\": \"v1\", \"current\": \"v2\"", "property twice", "once"),
        ["manifest: half of a surrogate pair in a name"] = Labels(@"""\ud800"": 1", "half of a surrogate pair in a property's name", "JSON serializer"),
        ["manifest: one version with two labels"] = Labels(
            "\"current\": \"v1\", \"previous\": \"v1\"", "'previous' and 'current' name the same version", "once"),
        ["manifest: bad revision"] = Labels("\"revision\": \"7\"", "'revision' is not a whole number", "grows with each change"),
        ["manifest: negative revision"] = Labels("\"revision\": -1", "'revision' is not a whole number", "grows with each change"),
        ["manifest: bad owner"] = Labels("\"owner\": 1", "'owner' of the manifest is not a string", "one string"),
        ["manifest: no file"] = Versions("""{ "id": "v1" }""", "version 'v1' has no file", "next to the manifest"),
        ["manifest: parent directory"] = File("../v1.key", "not inside the directory", "without '..'"),
        ["manifest: hidden parent directory"] = File("a/../../v1.key", "not inside the directory", "without '..'"),
        ["manifest: parent directory of Windows"] = File(@"..\\v1.key", "not inside the directory", "without '..'"),
        ["manifest: absolute path"] = File("/etc/passwd", "not inside the directory", "relative path"),
        ["manifest: drive"] = File("C:v1.key", "not inside the directory", "relative path"),
        ["manifest: NUL in the path"] = File(@"v1\u0000.key", "not inside the directory", "relative path"),
        ["manifest: missing version file"] = File("gone.key", "version 'v1' does not exist", "before the manifest"),
        ["manifest: version file is a directory"] = File("sub", "is a directory", "Set the path of a file"),
        ["manifest: version file is empty"] = File("empty.key", "is empty", "regular file"),
        ["manifest: version file is a pipe"] = File("pipe", "a pipe", "regular file"),
        ["manifest: version file is a link"] = File("link.key", "symbolic link", "Put the file itself"),
        ["manifest: version file is behind a link"] = File("link/v1.key", "symbolic link", "Put the file itself"),
        ["manifest: bad date"] = Version("\"createdOn\": \"yesterday\"", "'createdOn' of versions[0] is not a date", "2026-01-31T12:00:00Z"),
        ["manifest: date without an offset"] = Version("\"notBefore\": \"2026-01-01T00:00:00\"", "not a date with an offset", "2026-01-31T12:00:00Z"),
        ["manifest: date as a number"] = Version("\"expiresOn\": 1767225600", "not a date with an offset", "2026-01-31T12:00:00Z"),
        ["manifest: expires before it is valid"] = Version(
            "\"notBefore\": \"2026-02-01T00:00:00Z\", \"expiresOn\": \"2026-01-01T00:00:00Z\"", "expires before it is valid", "expiresOn after notBefore"),
        ["manifest: enabled as text"] = Version("\"enabled\": \"no\"", "neither true nor false", "Write true or false"),

        ["document: missing"] = new(f => f.PathOf("a.versions.json"), BackendFailure.NotFound, "does not exist", "Create the file"),
        ["document: no value"] = Document("", "has no value", "valueBase64"),
        ["document: two values"] = Document($$""", "value": "{{Canary}}", "valueBase64": "AA=="  """, "has two values", "Write one of"),
        ["document: empty value"] = Document(""", "value": "" """, "is not usable", "not empty"),
        ["document: value with NUL"] = Document($$""", "value": "{{Canary}}\u0000" """, "is not usable", "NUL"),
        ["document: value is a number"] = Document(""", "value": 7 """, "is not usable", "Write a string"),
        ["document: bad base64"] = Document($$""", "valueBase64": "{{Canary}}" """, "is not usable", "standard base64"),
        ["document: a file"] = Document(""", "file": "v1.key" """, "unknown property", "valueBase64"),
    };

    private static void UseField(FileBackendOptions options) => options.JsonField = "password";

    private static string Link(FileFixture files, string name, string target)
    {
        System.IO.File.CreateSymbolicLink(files.PathOf(name), target);
        return files.PathOf(name);
    }

    private static string MakePipe(FileFixture files)
    {
        var path = files.PathOf("pipe");
        using var process = Process.Start("mkfifo", path);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return path;
    }

    private static BadFile Manifest(string json, string cause, string fix) => new(
        files =>
        {
            files.Write("manifest.json", json);
            return files.Root;
        },
        BackendFailure.InvalidContent,
        cause,
        fix);

    private static BadFile Versions(string versions, string cause, string fix) =>
        WithFiles(Manifest($$"""{ "versions": [ {{versions}} ] }""", cause, fix));

    private static BadFile Version(string properties, string cause, string fix) =>
        Versions($$"""{ "id": "v1", "file": "v1.key", {{properties}} }""", cause, fix);

    private static BadFile File(string file, string cause, string fix)
    {
        var bad = Versions($$"""{ "id": "v1", "file": "{{file}}" }""", cause, fix);
        return file.StartsWith("sub", StringComparison.Ordinal) ? bad with { Failure = BackendFailure.Misconfigured } : bad;
    }

    private static BadFile Labels(string properties, string cause, string fix) =>
        WithFiles(Manifest($$"""{ {{properties}}, "versions": [ {{TwoVersions}} ] }""", cause, fix));

    private static BadFile Document(string properties, string cause, string fix) => new(
        files => files.Write("a.versions.json", $$"""{ "versions": [ { "id": "v1" {{properties}} } ] }"""), BackendFailure.InvalidContent, cause, fix);

    private static BadFile WithFiles(BadFile bad) => bad with
    {
        Arrange = files =>
        {
            files.Write("v1.key", Canary);
            files.Write("empty.key", "");
            files.Write("sub/v1.key", Canary);
            MakePipe(files);
            Link(files, "link.key", "v1.key");
            Link(files, "link", "sub");
            return bad.Arrange(files);
        },
    };
}

using System.Diagnostics;
using System.Security.Cryptography;
using HiddenDependency;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Spectre.Console;

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("Running processes are looked into on Linux only.");
    return 2;
}

var folder = Directory.CreateTempSubdirectory("hidden-dependency-");
try
{
    // The store, and what the operator has of the key that is to be revoked.
    var (store, old) = (Path.Combine(folder.FullName, "partner"), Path.Combine(folder.FullName, "old"));
    Write(old);
    File.Copy(old, store);

    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.Services.AddRotatingCredentials()
        .Configure(static options => (options.OnlyProcess, options.CollectionInterval) = (true, TimeSpan.FromSeconds(1)))
        .AddCredential("partner", c => c.FromFiles(store).OwnedBy("payments").Configure(static options => options.QuietPeriod = TimeSpan.FromSeconds(3)));
    using var app = builder.Build();
    await app.StartAsync();
    var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
    var ledger = app.Services.GetRequiredService<IRotationLedger>();

    Console.WriteLine("Six parts of this app copy the key. Then it is rotated, and all of them use the new one; nobody uses a copy.");
    Copies.Make(provider);
    var replaced = provider.Current.VersionId;
    Write(store);
    await UntilAsync(() => provider.Current.VersionId != replaced);
    foreach (var (consumer, _, _, _) in Copies.All)
    {
        var view = provider.ForConsumer(consumer);
        view.Current.RecordUse();
        view.Report(view.Current, CredentialOutcome.Accepted);
    }

    RotationVerdict Verdict() => ledger.GetRotations("partner").Single().Verdict;

    // The library finds the objects that it gave: the text in a field, a header, a closure and in what Process remembers of a start. What was copied from them, only the hunt finds.
    string[] keeping = ["reports", "orders", "nightly", "import"];
    bool IsNamed(string consumer) => Verdict().Reasons.Any(reason => reason.StartsWith(consumer, StringComparison.Ordinal));
    await UntilAsync(() => Verdict().Kind == VerdictKind.StillUsed && keeping.All(IsNamed), () => string.Join('\n', Verdict().Reasons));
    var held = Verdict();
    var (found, report) = await Tool.HuntAsync(old, Environment.ProcessId, Copies.ImportId);

    var table = new Table().AddColumns("consumer", "its copy", "the compiler", "the verdict", "nhi-rotation hunt");
    var isShown = found == 1;
    foreach (var (consumer, copy, rule, shown) in Copies.All)
    {
        var isHunted = report.Contains(shown, StringComparison.Ordinal);
        isShown &= isHunted;
        table.AddRow(consumer, copy, rule, held.Reasons.Any(reason => reason.StartsWith(consumer, StringComparison.Ordinal)) ? "named" : "silent", isHunted ? "named" : "SILENT");
    }

    AnsiConsole.Write(table);
    Console.WriteLine($"verdict: {held.Kind}");
    foreach (var reason in held.Reasons)
    {
        Console.WriteLine($"  {reason}");
    }

    Console.WriteLine();
    Console.WriteLine("$ nhi-rotation hunt --value-file old --pid ... --pid ...");
    Console.WriteLine(report);

    Console.WriteLine("Each is mended: it asks the provider each time.");
    Copies.Mend();
    GC.Collect();
    await UntilAsync(() => Verdict().Kind == VerdictKind.SafeToRevoke, () => string.Join('\n', Verdict().Reasons));
    Console.WriteLine($"verdict: {Verdict().Kind}");
    await provider.RevokeAsync(replaced, "replaced");
    GC.Collect();
    var (left, last) = await Tool.HuntAsync(old, Environment.ProcessId);
    Console.WriteLine(last);
    return isShown && held.Kind == VerdictKind.StillUsed && held.Users.Count == keeping.Length && left == 0 ? 0 : 1;
}
finally
{
    Copies.Mend();
    folder.Delete(recursive: true);
}

static void Write(string path)
{
    var next = path + ".next";
    File.WriteAllText(next, RandomNumberGenerator.GetHexString(40, lowercase: true));
    File.Move(next, path, overwrite: true);
}

static async Task UntilAsync(Func<bool> condition, Func<string>? seen = null)
{
    for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(100))
    {
        if (waited.Elapsed > TimeSpan.FromMinutes(1))
        {
            throw new TimeoutException($"The app did not follow within a minute. {seen?.Invoke()}");
        }
    }
}

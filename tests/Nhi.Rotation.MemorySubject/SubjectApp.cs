using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;

/// <summary>What every subject is: an app on a free port, that tells which versions are retired and collects garbage when it is asked.</summary>
internal static class SubjectApp
{
    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<RotatingCredentialsOptions>(static options => options.CollectionInterval = TimeSpan.FromSeconds(1));
        return builder;
    }

    /// <summary>Prints the address, and serves until the app is told to end.</summary>
    public static async Task ServeAsync(WebApplication app)
    {
        app.MapGet("/retired", static (IRotationLedger ledger) =>
            string.Join(' ', ledger.GetInventory().Select(static entry => $"{entry.CredentialName}:{entry.Versions.Count(static version => version.Stage == CredentialStage.Retired)}")));
        app.MapGet("/kept", static (IRotationLedger ledger) => string.Join('\n', ledger.GetUses()
            .Where(static use => use.Stage is not (CredentialStage.Pending or CredentialStage.Current))
            .Select(static use => $"{use.Consumer} keeps of {use.CredentialName}: {(use.IsUnchecked ? "not known yet" : use.Kept)}")
            .Distinct()));
        app.MapGet("/collect", static () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.First(static url => url.StartsWith("http:", StringComparison.Ordinal)));
        await ((IHost)app).WaitForShutdownAsync();
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;
using Nhi.Rotation.Npgsql;
using Npgsql;

/// <summary>An app that logs in to a database in every way there is, and keeps a connection and a connection object of each version.</summary>
internal static class DatabaseSubject
{
    public static async Task RunAsync(string secrets, string connectionString)
    {
        var builder = SubjectApp.CreateBuilder();
        builder.Services.AddRotatingCredentials().AddCredential("db", c => c.FromFiles(Path.Combine(secrets, "db")).Configure(options => options.Overlap = TimeSpan.FromSeconds(1)));

        // What is begun while a connection opens keeps what flows with that for as long as it runs.
        var begun = new List<Timer>();
        void Begin(NpgsqlConnection connection) => begun.Add(new Timer(static _ => { }, state: null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan));
        builder.Services.AddRotatingNpgsqlDataSource("db", connectionString, options => options.Configure = npgsql => npgsql.UsePhysicalConnectionInitializer(Begin, connection =>
        {
            Begin(connection);
            return Task.CompletedTask;
        }));
        var app = builder.Build();
        var kept = new List<NpgsqlConnection>();
        app.MapGet("/use", async (RotatingNpgsqlDataSource orders) =>
        {
            await (await orders.OpenConnectionAsync()).DisposeAsync();
            kept.Add(await orders.OpenConnectionAsync());
            var made = orders.CreateConnection();
            await made.OpenAsync();
            await made.CloseAsync();
            kept.Add(made);
            using var sync = orders.OpenConnection();
            return orders.Name;
        });
        app.MapGet("/version", static ([FromKeyedServices("db")] IRotatingCredentialProvider db) => db.Current.VersionId);
        app.MapGet("/refresh", static async ([FromKeyedServices("db")] IRotatingCredentialProvider db) => (await db.RefreshAsync(RefreshReason.Requested)).Generation);
        await SubjectApp.ServeAsync(app);
    }
}

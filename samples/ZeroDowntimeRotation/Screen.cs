using Nhi.Rotation;
using Spectre.Console;

namespace ZeroDowntimeRotation;

/// <summary>A live table on a terminal, plain lines anywhere else.</summary>
internal sealed class Screen(Load load, IRotatingCredentialProvider credential, IRotationLedger ledger)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    private readonly DateTimeOffset _start = TimeProvider.System.GetUtcNow();
    private readonly Queue<string> _news = new();

    private static bool IsLive => AnsiConsole.Profile.Out.IsTerminal;

    public void Tell(string line)
    {
        var stamped = $"{TimeProvider.System.GetUtcNow() - _start:mm\\:ss\\.f}  {line}";
        if (!IsLive)
        {
            Console.WriteLine(stamped);
            return;
        }

        lock (_news)
        {
            _news.Enqueue(stamped);
            if (_news.Count > 12)
            {
                _news.Dequeue();
            }
        }
    }

    public async Task ShowWhileAsync(Task work)
    {
        if (!IsLive)
        {
            await work;
            return;
        }

        await AnsiConsole.Live(Render()).StartAsync(async live =>
        {
            while (!work.IsCompleted)
            {
                live.UpdateTarget(Render());
                await Task.WhenAny(work, Task.Delay(Refresh));
            }

            live.UpdateTarget(Render());
        });
        await work;
    }

    private Rows Render()
    {
        var table = new Table().Title("credential [bold]partner[/]").AddColumns("version", "stage", "uses", "residual in overlap", "residual retired");
        foreach (var use in ledger.GetUses(credential.Name).Where(use => use.Uses > 0))
        {
            table.AddRow(use.VersionId, Colour(use.Stage), $"{use.Uses:N0}", $"{use.ResidualInOverlap:N0}", $"{use.ResidualRetired:N0}");
        }

        string[] news;
        lock (_news)
        {
            news = [.. _news];
        }

        return new Rows(
            table,
            new Markup($"requests [bold]{load.Requests:N0}[/]   failed [bold]{load.Failures:N0}[/]"),
            new Text(string.Join('\n', news)));
    }

    private static string Colour(CredentialStage stage) => stage switch
    {
        CredentialStage.Current => "[green]Current[/]",
        CredentialStage.Previous => "[yellow]Previous[/]",
        CredentialStage.Revoked => "[red]Revoked[/]",
        _ => $"[grey]{stage}[/]",
    };
}

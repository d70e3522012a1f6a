namespace Nhi.Rotation.Cli.Pages;

/// <summary>How pages look: light and dark, and on A4.</summary>
internal static class PageStyle
{
    public static Html Css { get; } =
        $$"""
        <style>
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #fff; --line: #d1d9e0; --fill: #f6f8fa; --good: #1a7f37; --bad: #c5221f; --open: #9a6700; --old: #8250df; --new: #0969da; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --line: #3d444d; --fill: #151b23; --good: #3fb950; --bad: #ff7b72; --open: #d29922; --old: #c297ff; --new: #58a6ff; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
        p, ul, ol { margin: .4rem 0; } small, .soft { color: var(--soft); }
        table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .87rem; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; } td small, td code, pre { overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 600; }
        td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
        code, pre { font: .8rem/1.45 ui-monospace, monospace; } pre { margin: .3rem 0; padding: .4rem .6rem; background: var(--fill); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
        .mark { display: inline-block; padding: .1rem .55rem; border-radius: 1rem; border: 1px solid currentColor; font-weight: 600; font-size: .85rem; white-space: nowrap; } .good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
        .given { border-left: 4px solid var(--open); background: var(--fill); padding: .5rem .9rem; margin: .8rem 0; }
        .lane { display: grid; grid-template-columns: minmax(8rem, 20rem) 1fr; column-gap: .8rem; align-items: center; } .lane span { color: var(--soft); font-size: .8rem; line-height: 1.2; } .lane svg { display: block; width: 100%; } svg .mark-at { overflow: visible; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .soft { fill: var(--soft); stroke: none; } svg .grid { stroke: var(--line); } svg .oldfill { fill: var(--old); } svg .newfill { fill: var(--new); } svg .reportfill { fill: var(--soft); } svg .number { fill: var(--paper); font-weight: 700; font-size: 11px; text-anchor: middle; }
        th button { all: unset; cursor: pointer; } th button:focus-visible, input:focus-visible { outline: 2px solid var(--new); outline-offset: 2px; } th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
        input { font: inherit; color: inherit; background: var(--fill); border: 1px solid var(--line); border-radius: 4px; padding: .25rem .5rem; } body:has(.wide) { max-width: 100rem; }
        @media screen and (max-width: 44rem) { body { padding: 1rem .9rem 3rem; } .lane { grid-template-columns: 1fr; } ul { padding-left: 1.2rem; } .cards thead { display: none; } .cards tbody, .cards tr { display: block; } .cards tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } .cards td { display: flow-root; padding: .1rem 0 .1rem 8.5rem; border: 0; overflow-wrap: anywhere; } .cards td.number { text-align: left; } .cards td:empty { display: none; } .cards td::before { content: attr(data-label); float: left; margin-left: -8.5rem; width: 8rem; color: var(--soft); } }
        @page { size: A4; margin: 14mm; }
        @media print { :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --line: #bbb; --fill: #fff; --good: #116329; --bad: #a40e26; --open: #7d4e00; --old: #6639ba; --new: #0550ae; } body { padding: 0; max-width: none; font-size: 10pt; } .tools { display: none; } tr, .proof, .lane { break-inside: avoid; } h2, h3 { break-after: avoid; } thead { display: table-header-group; } }
        </style>
        """;

    /// <summary>A whole page. No script runs in it but one that is named by its hash, and nothing is loaded.</summary>
    public static Html Page(string title, Html body, string? scriptHash = null) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'{(scriptHash is null ? Html.Nothing : ScriptSource(scriptHash))}">
        <title>{title}</title>
        {Css}
        </head>
        <body>
        {body}
        </body>
        </html>
        """;

    private static Html ScriptSource(string hash) => $"; script-src 'sha256-{hash}'";
}

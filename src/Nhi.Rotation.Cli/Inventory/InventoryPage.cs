using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>The inventory as one page that sorts and filters, and is whole without its script.</summary>
internal static class InventoryPage
{
    private const string Script = """
        const rows = [...document.querySelectorAll('tbody tr')], words = document.querySelector('#words'), count = document.querySelector('#count');
        const show = () => { const all = words.value.toLowerCase().split(' '); let n = 0; for (const r of rows) { r.hidden = !all.every(w => r.textContent.toLowerCase().includes(w)); n += r.hidden ? 0 : 1; } count.textContent = n + ' of ' + rows.length; };
        words.addEventListener('input', show);
        document.querySelectorAll('thead button').forEach((b, i) => b.addEventListener('click', () => {
          const th = b.parentElement, up = th.getAttribute('aria-sort') !== 'ascending', key = r => r.cells[i].dataset.sort ?? r.cells[i].textContent;
          document.querySelectorAll('th').forEach(h => h.removeAttribute('aria-sort')); th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
          rows.sort((a, c) => key(a).localeCompare(key(c), 'en', { numeric: true }) * (up ? 1 : -1)).forEach(r => r.parentElement.append(r));
        }));
        document.querySelector('.tools').hidden = false; show();
        """;

    private static readonly string[] Columns = ["credential", "owner", "backend", "services, versions, consumers", "age", "last rotation", "expires", "last use", "notes"];

    public static string Of(IReadOnlyList<CredentialRow> rows, DateTimeOffset at) => PageStyle.Page(
        "Inventory of credentials",
        $"""
        <h1>Inventory of credentials</h1>
        <p class="soft">{Count(rows.Count, "credential")}, {Count(rows.Count(static row => row.Breaches.Count > 0), "credential")} with a breach of policy, at {Moments.Time(at)} by nhi-rotation {ToolVersion.Text}. It lists what gave evidence, and nothing else.</p>
        <p class="tools" hidden><label>Filter <input id="words" type="search" autocomplete="off"></label> <span id="count" class="soft"></span></p>
        <table class="wide"><thead><tr>{Html.Join(Columns, static column => $"<th><button type=\"button\">{column}</button></th>")}</tr></thead><tbody>
        {Html.Join(rows, row => Row(row))}
        </tbody></table>
        {ScriptElement()}
        """,
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))).ToString() + "\n";

    private static string Count(int count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");

    private static Html Row(CredentialRow row) =>
        $"""
        <tr><td><strong>{row.Credential}</strong>{(row.Purposes.Count == 0 ? Html.Nothing : Html.Of($"<br><small>{string.Join(", ", row.Purposes)}</small>"))}</td><td>{CredentialRow.Words(row.Owners)}</td>
        <td>{CredentialRow.Words(row.Backends)}<br><small>{string.Join(", ", row.Locations)}</small></td><td>{Html.Join(row.Services, Service)}</td>
        <td data-sort="{(row.Age ?? TimeSpan.Zero).TotalSeconds:0}">{row.AgeText}</td><td>{(row.LastRotation is null ? "none seen" : Moments.Time(row.LastRotation))}</td><td>{row.ExpiryText}</td><td>{(row.LastUse is null ? "none seen" : Moments.Time(row.LastUse))}</td>
        <td>{Html.Join(row.Breaches, static breach => $"<div class=\"bad\"><strong>{breach}</strong></div>")}{Html.Join(row.Notes.Skip(row.Breaches.Count), static note => $"<div>{note}</div>")}</td></tr>
        """;

    private static Html Service(ServiceRow service) =>
        $"<div>{service.Name}: <code>{CredentialRow.Words(service.Versions)}</code><br><small>{string.Join(", ", service.Consumers)}{(service.Callers.Count == 0 ? "" : $"; callers: {string.Join(", ", service.Callers)}")}</small></div>";

    private static Html ScriptElement()
    {
        var element = new Html(0, 0);
        element.AppendLiteral("<script>");
        element.AppendLiteral(Script);
        element.AppendLiteral("</script>");
        return element;
    }
}

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>How the inventory is written.</summary>
internal enum InventoryFormat
{
    /// <summary>For a terminal.</summary>
    Table,

    /// <summary>For a spreadsheet.</summary>
    Csv,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>For a page of text.</summary>
    Markdown,

    /// <summary>For a browser.</summary>
    Html,
}

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>A control that the evidence speaks to.</summary>
/// <param name="Framework">The framework.</param>
/// <param name="Id">The control.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Shows">What the evidence shows, and no more.</param>
/// <param name="DoesNotShow">What it does not.</param>
internal sealed record Control(string Framework, string Id, string Topic, string Shows, string DoesNotShow);

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>The category of the logs that evidence goes to is turned off, or below its level.</summary>
internal sealed class LogOffException() : IOException($"The log category {JournalLogs.Category} is off. Set its level to Information.");

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>Prometheus did not answer what was asked, and what to do about it. Never what it answered instead.</summary>
internal sealed class PrometheusException(string message) : Exception(message);

namespace Preempt.EndToEnd.Http;

/// <summary>An error as RFC 9457 tells it, with the run that it is about where there is one.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, Run? Run = null);

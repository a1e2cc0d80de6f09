namespace Preempt;

/// <summary>What an app is and what it runs on, as the process that answers knows it.</summary>
/// <param name="Name">The name of the app's assembly.</param>
/// <param name="Version">Its version.</param>
/// <param name="PreemptVersion">The version of Preempt that it was built with.</param>
/// <param name="Backend">What keeps its runs, in words.</param>
/// <param name="Feed">How its processes hear of stops, in words.</param>
/// <param name="Process">The process that answers: its machine, and its id there. Each process of an app has another.</param>
public sealed record AppDescription(string Name, string Version, string PreemptVersion, string Backend, string Feed, string Process);

namespace Preempt;

/// <summary>The app, its versions and its backend, as the responding process knows them.</summary>
/// <param name="Name">The name of the app's assembly.</param>
/// <param name="Version">The version of that assembly.</param>
/// <param name="PreemptVersion">The version of Preempt that it was built with.</param>
/// <param name="Backend">Where the runs are stored, in words.</param>
/// <param name="Feed">How stop notices reach the app's processes, in words.</param>
/// <param name="Process">The process that responds: its machine and its process id. Each process of an app has a different value.</param>
public sealed record AppDescription(string Name, string Version, string PreemptVersion, string Backend, string Feed, string Process);

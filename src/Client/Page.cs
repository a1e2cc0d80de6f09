using System.Collections.Immutable;

namespace Preempt.Client;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Cursor">Where the next page begins; null after the last.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? Cursor = null);

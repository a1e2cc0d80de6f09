using System.Collections.Immutable;

namespace Preempt.Client;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items of the page.</param>
/// <param name="Cursor">The cursor of the next page; null after the last page.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? Cursor = null);

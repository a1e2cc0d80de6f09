namespace Preempt.Http.OpenApi;

/// <summary>What the OpenAPI document says of an HTTP function, beside what its route and its types say.</summary>
/// <param name="summary">What the call does, in a sentence without its full stop.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ApiCallAttribute(string summary) : Attribute
{
    public string Summary => summary;

    /// <summary>The type of the request's body; null for none.</summary>
    public Type? Body { get; init; }

    /// <summary>Whether the body may be left out.</summary>
    public bool IsBodyOptional { get; init; }

    /// <summary>A body that is accepted, as JSON.</summary>
    public string? BodyExample { get; init; }

    /// <summary>The status when all is well.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The type of the answer; null for none.</summary>
    public Type? Answer { get; init; }

    /// <summary>The type of the answer's items, where it is a page.</summary>
    public Type? PageOf { get; init; }

    /// <summary>The media type of an answer that is not JSON.</summary>
    public string? MediaType { get; init; }

    /// <summary>Whether an answer has a place of its own, told in a header.</summary>
    public bool HasLocation { get; init; }

    /// <summary>Whether an answer has a tag, and 304 is another answer.</summary>
    public bool HasEntityTag { get; init; }

    /// <summary>Whether a repeated call can be told by its <c>Idempotency-Key</c>, and finds what the first one did.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>The statuses of the problems that it can answer with.</summary>
    public int[] Problems { get; init; } = [];
}

/// <summary>What the OpenAPI document says of a parameter in the query of an HTTP function.</summary>
/// <param name="name">The parameter's name.</param>
/// <param name="description">What it says, in sentences.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ApiQueryAttribute(string name, string description) : Attribute
{
    public string Name => name;

    public string Description => description;

    /// <summary>The type of its value.</summary>
    public Type Type { get; init; } = typeof(string);

    /// <summary>The least of a number.</summary>
    public int Minimum { get; init; }

    /// <summary>The most of a number.</summary>
    public int Maximum { get; init; }

    /// <summary>A value, as text.</summary>
    public string? Example { get; init; }

    /// <summary>Whether the call needs it.</summary>
    public bool IsRequired { get; init; }
}

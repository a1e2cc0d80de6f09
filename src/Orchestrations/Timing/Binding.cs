namespace Preempt;

/// <summary>How tightly a condition's text holds together, loosest first.</summary>
internal enum Binding
{
    /// <summary>Conditions joined with "or".</summary>
    Or,

    /// <summary>Conditions joined with "and".</summary>
    And,

    /// <summary>A condition after "not".</summary>
    Not,

    /// <summary>A condition that is not made of others.</summary>
    Single,
}

namespace Preempt;

/// <summary>
/// A run's input and metadata do not give the key that its workflow's key template asks for: a value is missing, is an object or an
/// array, or makes the key too long. The message names the template, the value and its path.
/// </summary>
internal sealed class KeyTemplateException : Exception
{
    internal KeyTemplateException(string message)
        : base(message)
    {
    }
}

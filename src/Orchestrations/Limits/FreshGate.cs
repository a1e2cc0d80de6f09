using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// What a gate that no run has entered reads of its rule's limits. Whether there are any stands in what each process reads of the app for starts, once a second at most: a
/// rule without limits costs nothing.
/// </summary>
/// <param name="mode">Reads the app's state.</param>
/// <param name="client">The function's client.</param>
internal sealed class FreshGate(AppModeReader mode, DurableTaskClient client)
{
    /// <returns>The limits; null if there are none.</returns>
    public async Task<GateLimits?> ReadLimitsAsync(string gate, CancellationToken cancellationToken)
    {
        string rule = RuleId.OfGate(gate);
        AppState app = await mode.GetAsync(client, cancellationToken);
        if (!app.Limited.ContainsKey(rule))
            return null;
        LimitBookState? book = await LimitBook.ReadAsync(client, rule, cancellationToken);
        return book is null ? null : GateLimits.Of(gate, book.Number, book.Limits);
    }
}

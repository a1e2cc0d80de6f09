using System.Collections.Immutable;

namespace Preempt.Client;

// Limits of rules that are changed at run time.
public sealed partial class PreemptHttpClient
{
    /// <summary>
    /// Sets what is to hold for a rule, or for one key of it, in place of what the app's code says. It outlives deployments and restarts, and holds until it is taken back or its time
    /// is over. Runs that have started go on. Needs the admin key.
    /// </summary>
    /// <param name="limit">The limit; it takes the place of an earlier one of the same rule and key.</param>
    /// <param name="cancellationToken">Cancels the call; the limit may be set anyway.</param>
    /// <returns>The limit, as it is recorded.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    /// <exception cref="InvalidRunException">Something in it is out of range, or does not belong to this kind of rule.</exception>
    public Task<Limit> SetLimitAsync(LimitRequest limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return _calls.PutAsync<Limit>("limits", limit, cancellationToken);
    }

    /// <summary>Takes a limit back: what the app's code says holds again. Does nothing if there is none. Needs the admin key.</summary>
    /// <param name="rule">The rule, as in <see cref="LimitRequest.Rule"/>.</param>
    /// <param name="key">The key that it is for; null for that of all keys.</param>
    /// <param name="reason">Why, in words; up to 200 characters are kept.</param>
    /// <param name="by">Who, where the platform does not know who calls.</param>
    /// <param name="cancellationToken">Cancels the call; the limit may be taken back anyway.</param>
    /// <returns>The rule, with the limits that are left.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public Task<RuleLimits> ResetLimitAsync(
        string rule, string? key = null, string? reason = null, string? by = null, CancellationToken cancellationToken = default) =>
        _calls.DeleteAsync<RuleLimits>(
            new ApiPath("limits").With("rule", rule).With("key", key).With("reason", reason).With("by", by).ToString(), cancellationToken);

    /// <summary>Reads the rules of the app, with their limits and who changed these.</summary>
    /// <param name="rule">One rule, as in <see cref="LimitRequest.Rule"/>; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The rules.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public async Task<ImmutableArray<RuleLimits>> ListLimitsAsync(string? rule = null, CancellationToken cancellationToken = default) =>
        (await _calls.GetAsync<Page<RuleLimits>>(new ApiPath("limits").With("rule", rule).ToString(), cancellationToken)).Items;
}

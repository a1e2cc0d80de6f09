using Spectre.Console;

namespace Preempt.Cli.Output;

/// <summary>A bar on the standard error while something goes on; it is gone when that is over. Nothing where no person looks.</summary>
internal sealed class ProgressBar
{
    private readonly ProgressTask? _bar;

    private ProgressBar(ProgressTask? bar) => _bar = bar;

    /// <summary>Shows a bar while some work is done.</summary>
    /// <param name="screen">Where.</param>
    /// <param name="work">Does it, and says how far it is.</param>
    public static Task<T> ShowAsync<T>(Screen screen, Func<ProgressBar, Task<T>> work) => !screen.IsErrorTerminal
        ? work(new ProgressBar(null))
        : Screen.CreateLiveError().Progress()
            .AutoClear(true)
            .AutoRefresh(true)
            .Columns(new SpinnerColumn(Spinner.Known.Line), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(progress => work(new ProgressBar(progress.AddTask("…", new ProgressTaskSettings { MaxValue = 1 }))));

    /// <summary>Says how far it is.</summary>
    /// <param name="fraction">From 0 to 1; null when that is not known.</param>
    /// <param name="text">In words.</param>
    public void Show(double? fraction, string text)
    {
        if (_bar is null)
            return;
        _bar.IsIndeterminate = fraction is null;
        _bar.Value = Math.Clamp(fraction ?? 0, 0, 1);
        _bar.Description = Markup.Escape(SafeText.Of(text));
    }
}

namespace Preempt.Tests.Processes;

/// <summary>What goes into a child process and comes out of it, with real ones.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProcessTests
{
    private readonly LinesLogger _logger = new();

    public ProcessTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Runs programs of Unix.");

    private Task<ProcessResult> RunAsync(ProcessOptions options) =>
        SupervisedProcess.RunAsync(options, _logger, TestContext.Current.CancellationToken);

    private Task<ProcessResult> RunScriptAsync(string script) => RunAsync(new ProcessOptions("sh", "-c", script));

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit 127", 127)]
    [InlineData("kill -KILL $$", 137)]
    public async Task The_exit_code_is_the_processs_own(string script, int expected) =>
        Assert.Equal(expected, (await RunScriptAsync(script)).ExitCode);

    [Fact]
    public async Task Success_can_be_insisted_on()
    {
        (await RunScriptAsync("exit 0")).EnsureSuccess();
        ProcessResult failed = await RunScriptAsync("echo no space left >&2; exit 5");
        ProcessException exception = Assert.Throws<ProcessException>(failed.EnsureSuccess);
        Assert.Equal("The process ended with 5: no space left", exception.Message);
    }

    [Fact]
    public async Task Arguments_arrive_unchanged()
    {
        string[] arguments =
            ["two words", "\"quoted\"", "it's", "$HOME `id` *", "", "back\\slash\\", "ü 😀", "two\nlines", "--", "; exit 1"];
        ProcessResult result = await RunAsync(new ProcessOptions("printf", ["%s\\0", .. arguments]));
        Assert.Equal(arguments, result.Output.Split('\0')[..^1]);
    }

    [Fact]
    public async Task Standard_input_is_what_it_was_given()
    {
        string text = string.Concat(Enumerable.Repeat("a line, ü 😀\n", 20_000));
        ProcessResult result = await RunAsync(new ProcessOptions("cat") { StandardInput = text, MaxCaptured = 1_048_576 });
        Assert.Equal(text, result.Output);
    }

    [Fact]
    public async Task Standard_input_is_empty_by_default_and_need_not_be_read()
    {
        Assert.Equal("", (await RunAsync(new ProcessOptions("cat"))).Output);
        ProcessResult ignores = await RunAsync(new ProcessOptions("true") { StandardInput = new string('x', 1_000_000) });
        Assert.Equal(0, ignores.ExitCode);
    }

    [Fact]
    public async Task The_environment_has_no_secrets_of_the_app()
    {
        Environment.SetEnvironmentVariable("AzureWebJobsStorage__PREEMPT_TEST", "a secret");
        Environment.SetEnvironmentVariable("PREEMPT_TEST_KEPT", "kept");
        Environment.SetEnvironmentVariable("LC_PREEMPT_TEST", "de");

        Dictionary<string, string> environment = await ReadEnvironmentAsync(new ProcessOptions("env")
        {
            InheritedVariables = ["PREEMPT_TEST_KEPT", "PREEMPT_TEST_NOT_THERE"],
            Environment = new Dictionary<string, string?> { ["ADDED"] = "a b=c", ["LC_PREEMPT_TEST"] = "fr", ["HOME"] = null },
        });

        Assert.Equal(
            ["ADDED", "LC_PREEMPT_TEST", "PATH", "PREEMPT_PROCESS", "PREEMPT_TEST_KEPT"],
            environment.Keys.Except(["LANG", "LANGUAGE", "LC_ALL", "LD_LIBRARY_PATH", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TZ", "USER"]).Order(StringComparer.Ordinal));
        Assert.Equal(("a b=c", "fr", "kept"), (environment["ADDED"], environment["LC_PREEMPT_TEST"], environment["PREEMPT_TEST_KEPT"]));
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
    }

    [Fact]
    public async Task The_environment_is_the_whole_of_the_apps_where_its_step_says_so()
    {
        Environment.SetEnvironmentVariable("PREEMPT_TEST_KEPT", "kept");
        Environment.SetEnvironmentVariable("PREEMPT_TEST_REMOVED", "here");

        Dictionary<string, string> environment = await ReadEnvironmentAsync(new ProcessOptions("env")
        {
            InheritedVariables = ["*"],
            Environment = new Dictionary<string, string?> { ["PREEMPT_TEST_REMOVED"] = null },
        });

        Assert.Equal("kept", environment["PREEMPT_TEST_KEPT"]);
        Assert.DoesNotContain("PREEMPT_TEST_REMOVED", environment.Keys);
        // What makes the supervisor one is not the program's.
        Assert.DoesNotContain("PREEMPT_ROLE", environment.Keys);
        Assert.Equal(Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS") is not null, environment.ContainsKey("DOTNET_STARTUP_HOOKS"));
    }

    private async Task<Dictionary<string, string>> ReadEnvironmentAsync(ProcessOptions options)
    {
        ProcessResult result = await RunAsync(options with { MaxCaptured = 100_000 });
        return result.Output.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    [Fact]
    public async Task It_works_where_it_is_told_to_and_is_found_from_there()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("preempt process ");
        try
        {
            string program = Path.Combine(directory.FullName, "say where");
            await File.WriteAllTextAsync(program, "#!/bin/sh\npwd\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            ProcessResult result = await RunAsync(new ProcessOptions("./say where") { WorkingDirectory = directory.FullName });
            Assert.EndsWith(directory.Name, result.Output.TrimEnd());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Both_outputs_are_logged_line_by_line()
    {
        ProcessResult result = await RunScriptAsync("echo one; printf 'two\\r\\n'; printf 'last'; echo oops >&2");
        Assert.Equal(("one\ntwo\r\nlast", "oops\n"), (result.Output, result.Error));
        Assert.Equal(["sh: one", "sh: two", "sh: last"], _logger.Lines.Where(line => !line.Contains("error", StringComparison.Ordinal)));
        Assert.Contains("sh (standard error): oops", _logger.Lines);
    }

    [Fact]
    public async Task Of_a_huge_output_the_end_is_kept()
    {
        ProcessResult result = await RunScriptAsync("i=0; while [ $i -lt 200000 ]; do echo line $i; i=$((i+1)); done");
        Assert.Equal(8_192, result.Output.Length);
        Assert.EndsWith("line 199998\nline 199999\n", result.Output);
        Assert.Equal(200_000, _logger.Lines.Count);
    }

    [Fact]
    public async Task A_line_without_an_end_takes_bounded_room()
    {
        ProcessResult result = await RunScriptAsync("head -c 50000000 /dev/zero | tr '\\0' x");
        Assert.Equal(new string('x', 8_192), result.Output);
        Assert.Equal($"sh: {new string('x', 2_000)}…", Assert.Single(_logger.Lines));
    }

    [Theory]
    [InlineData("no-such-program", "no program \"no-such-program\" in PATH")]
    [InlineData("./no-such-program", "/no-such-program\"")]
    [InlineData("/etc/passwd", "\"/etc/passwd\" may not be executed")]
    public async Task A_program_that_is_not_there_is_named(string program, string expected)
    {
        ProcessException exception = await Assert.ThrowsAsync<ProcessException>(() => RunAsync(new ProcessOptions(program)));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_system_cannot_execute_is_an_error_that_says_so()
    {
        string program = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(program, [0x7f, (byte)'E', (byte)'L', (byte)'F'], TestContext.Current.CancellationToken);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            ProcessException exception = await Assert.ThrowsAsync<ProcessException>(() => RunAsync(new ProcessOptions(program)));
            Assert.Contains(program, exception.Message, StringComparison.Ordinal);
            Assert.Empty(_logger.Lines);
        }
        finally
        {
            File.Delete(program);
        }
    }

    public static TheoryData<ProcessOptions, string> Refused => new()
    {
        { new ProcessOptions(""), "Program: it is empty" },
        { new ProcessOptions("cat", "a\0b"), "Arguments: one is null or has a NUL character" },
        { new ProcessOptions("cat") { WorkingDirectory = "/no/such/place" }, "WorkingDirectory: there is no \"/no/such/place\"" },
        { new ProcessOptions("cat") { Environment = new Dictionary<string, string?> { ["A=B"] = "" } }, "\"A=B\" is no name" },
        { new ProcessOptions("cat") { InheritedVariables = [""] }, "InheritedVariables: \"\" is no name" },
        { new ProcessOptions("cat") { Notice = Duration.Never }, "Notice: 1h at most; this is never" },
        { new ProcessOptions("cat") { MaxLineLength = 0 }, "MaxLineLength: 1 to 65536 is allowed; this is 0" },
        { new ProcessOptions("cat") { MaxCaptured = -1 }, "MaxCaptured: 0 to 1048576 is allowed; this is -1" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Options_that_are_not_allowed_are_named(ProcessOptions options, string expected)
    {
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(options));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}

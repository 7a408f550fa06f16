namespace Consistency.Kit.TestServers.Tests;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string MockKafka = Path.Combine(AppContext.BaseDirectory, "MockKafka.dll");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dotnet_program_runs_until_its_input_closes()
    {
        KafkaServer.Require();
        await using var child = ChildProcess.StartDotnet(MockKafka, ["1"]);
        await child.WaitForLineAsync(line => line.StartsWith("bootstrap=", StringComparison.Ordinal), Patience, cancellationToken: Cancellation);

        child.CloseInput();

        Assert.Equal(0, await child.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation));
    }

    [Fact]
    public async Task A_killed_process_is_gone_and_says_which_signal_ended_it()
    {
        await using var child = ChildProcess.Start("cat");

        await child.KillAsync();

        Assert.True(child.HasExited);
        Assert.Equal(137, await child.WaitForExitAsync(Cancellation));
    }

    [Fact]
    public async Task A_stopped_process_can_be_killed()
    {
        await using var child = ChildProcess.Start("cat");
        child.Stop();

        await child.KillAsync();

        Assert.True(child.HasExited);
    }

    [Fact]
    public async Task A_stopped_process_says_nothing_until_it_continues()
    {
        await using var child = ChildProcess.Start("cat");
        child.Stop();
        await child.SendLineAsync("hello");
        await Assert.ThrowsAsync<TimeoutException>(
            () => child.WaitForLineAsync(_ => true, TimeSpan.FromMilliseconds(300), cancellationToken: Cancellation));

        child.Continue();

        Assert.Equal("hello", await child.WaitForLineAsync(_ => true, Patience, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_line_is_found_whether_it_comes_before_or_after_the_question()
    {
        await using var child = ChildProcess.Start("cat");
        await child.SendLineAsync("one");
        await child.WaitForLineAsync(line => line == "one", Patience, cancellationToken: Cancellation);
        var second = child.WaitForLineAsync(line => line == "two", Patience, from: 1, Cancellation);
        await child.SendLineAsync("two");

        Assert.Equal("two", await second);
        Assert.Equal("one", await child.WaitForLineAsync(_ => true, Patience, cancellationToken: Cancellation));
        Assert.Equal(["one", "two"], child.Lines);
    }

    [Fact]
    public async Task A_process_that_ends_without_the_line_is_told_with_its_output()
    {
        await using var child = ChildProcess.Start("sh", ["-c", "echo out; echo err >&2; exit 3"]);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => child.WaitForLineAsync(line => line == "never", Patience, cancellationToken: Cancellation));

        Assert.Contains("out", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, await child.WaitForExitAsync(Cancellation));
        Assert.Equal(["err"], child.ErrorLines);
    }

    [Fact]
    public async Task The_environment_is_added_to_ours()
    {
        await using var child = ChildProcess.Start(
            "sh", ["-c", "echo \"$GREETING:${PATH:+path}\""], new Dictionary<string, string?> { ["GREETING"] = "hello" });

        Assert.Equal("hello:path", await child.WaitForLineAsync(_ => true, Patience, cancellationToken: Cancellation));
    }
}

using System.Net;
using System.Text;
using Consistency.Kit.AspNetCore.Tests.Support;
using Consistency.Kit.Remote;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

/// <summary>A branch over the wire keeps what its barrier promises, and says so in dtm's words.</summary>
public sealed class BranchEndpointTests
{
    [Fact]
    public async Task A_try_reserves_once_and_repeats_are_told_its_result()
    {
        await using var wallet = await WalletWeb.StartAsync();
        var first = await wallet.CallAsync("wallet", "try");
        Assert.Equal((200, "{\"dtm_result\":\"SUCCESS\",\"outcome\":\"done\",\"result\":{\"left\":70}}"), (first.Status, first.Body));
        var repeat = await wallet.CallAsync("wallet", "try");
        Assert.Equal((200, "{\"dtm_result\":\"SUCCESS\",\"outcome\":\"repeated\",\"result\":{\"left\":70}}"), (repeat.Status, repeat.Body));
        Assert.Equal((200, "{\"dtm_result\":\"SUCCESS\",\"outcome\":\"done\"}"), await wallet.CallAsync("wallet", "confirm") is var confirm ? (confirm.Status, confirm.Body) : default);
        Assert.Equal((200, "{\"dtm_result\":\"SUCCESS\",\"outcome\":\"repeated\"}"), await wallet.CallAsync("wallet", "confirm") is var again ? (again.Status, again.Body) : default);
        Assert.Equal((70, 0, 30), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_cancel_that_comes_first_keeps_its_try_out()
    {
        await using var wallet = await WalletWeb.StartAsync();
        Assert.Equal((200, "{\"dtm_result\":\"SUCCESS\",\"outcome\":\"empty\"}"), await wallet.CallAsync("wallet", "cancel") is var empty ? (empty.Status, empty.Body) : default);
        Assert.Equal((409, "{\"dtm_result\":\"FAILURE\",\"outcome\":\"superseded\"}"), await wallet.CallAsync("wallet", "try") is var late ? (late.Status, late.Body) : default);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_cancel_gives_back_and_a_confirm_after_it_is_neither_success_nor_refusal()
    {
        await using var wallet = await WalletWeb.StartAsync();
        await wallet.CallAsync("wallet", "try");
        Assert.Equal(200, (await wallet.CallAsync("wallet", "cancel")).Status);
        Assert.Equal((412, "{\"outcome\":\"out-of-order\",\"found\":\"cancelled\"}"), await wallet.CallAsync("wallet", "confirm") is var order ? (order.Status, order.Body) : default);
        Assert.Equal((412, "{\"outcome\":\"out-of-order\",\"found\":\"none\"}"), await wallet.CallAsync("wallet", "confirm", "t2") is var none ? (none.Status, none.Body) : default);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
        Assert.Contains(wallet.Web.Log.Lines, line => line.StartsWith("Error 1502", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_is_dtms_failure_with_its_reason()
    {
        await using var wallet = await WalletWeb.StartAsync();
        var refused = await wallet.CallAsync("wallet", "try", body: "{\"amount\":300}");
        Assert.Equal((409, "{\"dtm_result\":\"FAILURE\",\"outcome\":\"refused\",\"reason\":\"balance not enough\"}"), (refused.Status, refused.Body));
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_sagas_action_and_compensation_pass_the_same_barrier()
    {
        await using var wallet = await WalletWeb.StartAsync();
        Assert.Equal("{\"dtm_result\":\"SUCCESS\",\"outcome\":\"done\",\"result\":{\"left\":70}}", (await wallet.CallAsync("payments", "action")).Body);
        Assert.Equal("{\"dtm_result\":\"SUCCESS\",\"outcome\":\"done\"}", (await wallet.CallAsync("payments", "compensate")).Body);
        Assert.Equal("{\"dtm_result\":\"SUCCESS\",\"outcome\":\"empty\"}", (await wallet.CallAsync("payments", "compensate", "t2")).Body);
        Assert.Equal(409, (await wallet.CallAsync("payments", "action", "t2")).Status);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_call_that_runs_already_is_ongoing_and_its_repeat_waits_for_nobody()
    {
        await using var wallet = await WalletWeb.StartAsync();
        var (inside, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        wallet.Gate.Inside = async _ =>
        {
            inside.TrySetResult();
            await go.Task;
        };
        var first = wallet.CallAsync("wallet", "try");
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var repeat = await wallet.CallAsync("wallet", "try");
        Assert.Equal((425, "{\"dtm_result\":\"ONGOING\",\"outcome\":\"running\"}", 1), (repeat.Status, repeat.Body, repeat.RetryAfter));
        go.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal((70, 30, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_rolled_back_and_may_be_made_again()
    {
        await using var wallet = await WalletWeb.StartAsync(options: options => options.Timeout = TimeSpan.FromMilliseconds(200));
        wallet.Gate.Inside = token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        Assert.Equal(425, (await wallet.CallAsync("wallet", "try")).Status);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
        wallet.Gate.Inside = _ => Task.CompletedTask;
        Assert.Equal(200, (await wallet.CallAsync("wallet", "try")).Status);
    }

    [Theory]
    [InlineData("gid=t&trans_type=tcc&branch_id=01&op=undo", "op")]
    [InlineData("gid=t&trans_type=tcc&branch_id=01&op=action", "op")]
    [InlineData("gid=t&trans_type=tcc&branch_id=01", "op")]
    [InlineData("gid=t&trans_type=saga&branch_id=01&op=try", "trans_type=tcc")]
    [InlineData("trans_type=tcc&branch_id=01&op=try", "gid")]
    [InlineData("gid=&trans_type=tcc&branch_id=01&op=try", "gid")]
    [InlineData("gid=a&gid=b&trans_type=tcc&branch_id=01&op=try", "gid")]
    [InlineData("gid=t&trans_type=tcc&op=try", "branch_id")]
    [InlineData("gid=a%20b&trans_type=tcc&branch_id=01&op=try", "gid")]
    public async Task What_names_no_call_is_told_what_is_missing(string query, string named)
    {
        await using var wallet = await WalletWeb.StartAsync();
        var reply = await wallet.Web.PostAsync("/wallet?" + query, null, "{\"amount\":30}");
        Assert.Equal(400, reply.Status);
        Assert.Contains(named, reply.Body, StringComparison.Ordinal);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task Ids_bodies_and_forms_are_bounded()
    {
        await using var wallet = await WalletWeb.StartAsync(options: options => options.MaxRequestBytes = 1_000);
        var id = await wallet.CallAsync("wallet", "try", new string('x', 1_024));
        Assert.Equal(400, id.Status);
        Assert.DoesNotContain("xxxx", id.Body, StringComparison.Ordinal);
        Assert.Equal(413, (await wallet.CallAsync("wallet", "try", body: new string(' ', 1_001))).Status);
        Assert.Equal(400, (await wallet.CallAsync("wallet", "try", body: "{\"amount\":")).Status);
        Assert.Equal(400, (await wallet.CallAsync("wallet", "try", body: "null")).Status);
        Assert.Equal(400, (await wallet.CallAsync("wallet", "try", body: "")).Status);
        Assert.Equal(415, (await wallet.CallAsync("wallet", "try", change: request => request.Content!.Headers.ContentType = new("text/plain"))).Status);
        using var client = wallet.Web.Client();
        using var got = await client.GetAsync(new Uri("/wallet?gid=t&trans_type=tcc&branch_id=01&op=try", UriKind.Relative));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, got.StatusCode);
        Assert.Equal(404, (await wallet.CallAsync("purse", "action")).Status);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_branch_that_nobody_decided_about_keeps_the_host_from_starting()
    {
        var error = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => WalletWeb.StartAsync(app => app.MapTccBranch<WalletDb, WalletBranch, Freeze, Frozen>("/wallet")));
        Assert.Contains("/wallet", error.Message, StringComparison.Ordinal);
        Assert.Contains(".RequireAuthorization(…)", error.Message, StringComparison.Ordinal);
        await using var group = await WalletWeb.StartAsync(app => app.MapGroup("/branches").AllowAnonymous().MapTccBranch<WalletDb, WalletBranch, Freeze, Frozen>("/wallet"));
    }

    [Fact]
    public async Task What_a_branch_lacks_keeps_the_host_from_starting()
    {
        var store = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => WalletWeb.StartAsync(app => app.MapTccBranch<FakeDb, WalletBranch, Freeze, Frozen>("/wallet").AllowAnonymous()));
        Assert.Contains("kit.UseEntityFrameworkCore<FakeDb>()", store.Message, StringComparison.Ordinal);
        var json = await Assert.ThrowsAsync<InvalidOperationException>(() => WalletWeb.StartAsync(app => app.MapTccBranch<WalletDb, TextBranch, string, Frozen>("/wallet").AllowAnonymous()));
        Assert.Contains("String", json.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => WalletWeb.StartAsync(options: options => options.MaxRequestBytes = 0));
    }

    [Theory]
    [InlineData("tcc-try-success")]
    [InlineData("tcc-try-failure")]
    [InlineData("tcc-confirm-success")]
    [InlineData("saga-action-success-without-word")]
    [InlineData("saga-action-failure-of-go")]
    [InlineData("saga-compensate-success")]
    public async Task The_wire_is_dtms(string name)
    {
        var parts = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "BranchTranscripts", name + ".http"))).ReplaceLineEndings("\n").Split("\n---\n");
        var request = parts[0].Split('\n');
        var query = request[0][request[0].IndexOf('?', StringComparison.Ordinal)..];
        var path = query.Contains("tcc", StringComparison.Ordinal) ? "/wallet" : "/payments";
        await using var wallet = await WalletWeb.StartAsync();
        if (query.EndsWith("confirm", StringComparison.Ordinal) || query.EndsWith("compensate", StringComparison.Ordinal))
        {
            await wallet.Web.PostAsync(path + query.Replace("op=confirm", "op=try", StringComparison.Ordinal).Replace("op=compensate", "op=action", StringComparison.Ordinal), null, request[3]);
        }

        // What dtm's documents refuse for want of money is asked of a poorer wallet.
        var reply = await wallet.Web.PostAsync(path + query, null, name.Contains("failure", StringComparison.Ordinal) ? request[3].Replace("30", "300", StringComparison.Ordinal) : request[3]);
        Assert.Equal(parts[1].Split('\n')[0], reply.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains(reply.Status == 200 ? "\"dtm_result\":\"SUCCESS\"" : "\"dtm_result\":\"FAILURE\"", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(reply.Status == 200 ? "FAILURE" : "SUCCESS", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_ends_of_the_wire_fit()
    {
        await using var wallet = await WalletWeb.StartAsync(onWire: true);
        using var http = new HttpClient { BaseAddress = wallet.Web.Address };
        var participant = new HttpParticipant(http, new Uri("/wallet", UriKind.Relative));
        var tried = await CallAsync(RemoteOperation.Try, "t1");
        Assert.Equal(70, Assert.IsType<RemoteAnswer<Frozen>.Done>(tried).Reply.Left);
        Assert.Equal(70, Assert.IsType<RemoteAnswer<Frozen>.Done>(await CallAsync(RemoteOperation.Try, "t1")).Reply.Left);
        Assert.IsType<RemoteAnswer.Done>(await participant.CallAsync(new("t1", "01", RemoteOperation.Confirm), "{\"amount\":30}"u8.ToArray(), default));
        Assert.IsType<RemoteAnswer.Unknown>(await participant.CallAsync(new("t1", "01", RemoteOperation.Cancel), "{\"amount\":30}"u8.ToArray(), default));
        Assert.IsType<RemoteAnswer.Done>(await participant.CallAsync(new("t2", "01", RemoteOperation.Cancel), "{\"amount\":30}"u8.ToArray(), default));
        Assert.True(Assert.IsType<RemoteAnswer<Frozen>.Refused>(await CallAsync(RemoteOperation.Try, "t2")).IsSuperseded);
        Assert.Equal("balance not enough", Assert.IsType<RemoteAnswer.Refused>(await participant.CallAsync(new("t3", "01", RemoteOperation.Try), "{\"amount\":300}"u8.ToArray(), default)).Refusal.Reason);
        Assert.IsType<RemoteAnswer.Unknown>(await participant.CallAsync(new("t4", "01", RemoteOperation.Action), "{\"amount\":300}"u8.ToArray(), default));
        Assert.Equal((70, 0, 30), await wallet.ReadAsync());

        Task<RemoteAnswer<Frozen>> CallAsync(RemoteOperation operation, string id) =>
            participant.CallAsync(new(id, "01", operation), new Freeze(30), WalletJson.Default.Freeze, WalletJson.Default.Frozen, default);
    }

    [Fact]
    public async Task The_trace_and_the_idempotency_key_arrive()
    {
        var seen = new TaskCompletionSource<(string Trace, string Key)>();
        await using var wallet = await WalletWeb.StartAsync(
            app => app.MapPost("/seen", (HttpContext context) =>
            {
                seen.SetResult((context.Request.Headers["traceparent"].ToString(), context.Request.Headers["Idempotency-Key"].ToString()));
                return Results.Text("SUCCESS");
            }),
            onWire: true);
        using var http = new HttpClient { BaseAddress = wallet.Web.Address };
        using var activity = new System.Diagnostics.Activity("test").Start();
        Assert.IsType<RemoteAnswer.Done>(await new HttpParticipant(http, new Uri("/seen", UriKind.Relative)).CallAsync(new("t1", "01", RemoteOperation.Try), Encoding.UTF8.GetBytes("{}"), default));
        var (trace, key) = await seen.Task;
        Assert.Contains(activity.TraceId.ToHexString(), trace, StringComparison.Ordinal);
        Assert.Equal("\"tcc/t1/01/try\"", key);
    }

    [Fact]
    public async Task A_try_and_its_cancel_that_race_over_the_wire_leave_nothing_reserved()
    {
        await using var wallet = await WalletWeb.StartAsync(onWire: true);
        await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(number => new[] { UntilAnsweredAsync("try", number), UntilAnsweredAsync("cancel", number) }));
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());

        async Task UntilAnsweredAsync(string operation, int number)
        {
            while ((await wallet.CallAsync("wallet", operation, $"race{number}", "{\"amount\":1}")).Status is 425 or 500)
            {
            }
        }
    }

    private sealed class TextBranch : Tcc.ITccBranch<string, Frozen>
    {
        public Task<Tcc.BranchResult<Frozen>> TryAsync(string request, Tcc.BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ConfirmAsync(string request, Tcc.BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CancelAsync(string request, Tcc.BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

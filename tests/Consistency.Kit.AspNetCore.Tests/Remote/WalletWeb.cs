using Consistency.Kit.AspNetCore.Remote;
using Consistency.Kit.AspNetCore.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

/// <summary>A service with a wallet of 100 on SQLite, as a branch of TCCs and of sagas.</summary>
internal sealed class WalletWeb : IAsyncDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"wallet-{Guid.NewGuid():N}.db");
    private Web? _web;

    internal Gate Gate { get; } = new();

    internal Web Web => _web!;

    internal static async Task<WalletWeb> StartAsync(Action<WebApplication>? map = null, Action<BranchEndpointOptions>? options = null, bool onWire = false)
    {
        var wallet = new WalletWeb();
        await wallet.OpenAsync(
            map ?? (app =>
            {
                app.MapTccBranch<WalletDb, WalletBranch, Freeze, Frozen>("/wallet", options).AllowAnonymous();
                app.MapSagaBranch<WalletDb, WalletBranch, Freeze, Frozen>("/payments", options).AllowAnonymous();
            }),
            onWire);
        return wallet;
    }

    internal Task<Reply> CallAsync(string path, string operation, string gid = "t1", string body = "{\"amount\":30}", Action<HttpRequestMessage>? change = null) =>
        Web.PostAsync($"/{path}?gid={gid}&trans_type={(path == "wallet" ? "tcc" : "saga")}&branch_id=01&op={operation}", null, body, change: change);

    internal async Task<(int Available, int Frozen, int Spent)> ReadAsync()
    {
        await using var scope = Web.Services.CreateAsyncScope();
        var wallet = await scope.ServiceProvider.GetRequiredService<WalletDb>().Wallets.AsNoTracking().SingleAsync();
        return (wallet.Available, wallet.Frozen, wallet.Spent);
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        File.Delete(_file);
    }

    private async Task OpenAsync(Action<WebApplication> map, bool onWire) => _web = await Web.StartAsync(
        app =>
        {
            using (var scope = app.Services.CreateScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<WalletDb>();
                db.Database.EnsureCreated();
                db.Add(new Wallet { Available = 100 });
                db.SaveChanges();
            }

            map(app);
        },
        kit => kit.UseEntityFrameworkCore<WalletDb>().UseJson(WalletJson.Default).ConfigureWork(work => work.Run = false).ConfigureOutbox(outbox => outbox.Relay = false),
        services => services.AddSingleton(Gate).AddDbContext<WalletDb>(db => db.UseSqlite($"Data Source={_file};Pooling=False")),
        onWire);
}

using Shop;
using Shop.Archives;
using Shop.Drills;
using Shop.Sales;
using Shop.Workers;

return args switch
{
    [WorkerCommand.Name, var settings] => await WorkerCommand.RunAsync(ShopSettings.Read(settings)),
    [PaymentsCommand.Name, .. var rest] => await PaymentsCommand.RunAsync(rest),
    [SellerCommand.Name, var settings] => await SellerCommand.RunAsync(SaleSettings.Read(settings)),
    [SaleCommand.Name, .. var rest] => await SaleCommand.RunAsync(rest),
    [DrillCommand.Name, .. var rest] => await DrillCommand.RunAsync(rest),
    [VerifyArchiveCommand.Name, var path] => await VerifyArchiveCommand.RunAsync(path),
    ["--help" or "-h" or "help"] => Usage.Print(),
    [] => Usage.Refuse("Say what to do, for example: drill"),
    _ => Usage.Refuse($"There is no command '{args[0]}'."),
};

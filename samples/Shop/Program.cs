using Shop;
using Shop.Archives;
using Shop.Drills;
using Shop.Workers;

return args switch
{
    [WorkerCommand.Name, var settings] => await WorkerCommand.RunAsync(ShopSettings.Read(settings)),
    [PaymentsCommand.Name, .. var rest] => await PaymentsCommand.RunAsync(rest),
    [DrillCommand.Name, .. var rest] => await DrillCommand.RunAsync(rest),
    [VerifyArchiveCommand.Name, var path] => await VerifyArchiveCommand.RunAsync(path),
    ["--help" or "-h" or "help"] => Usage.Print(),
    [] => Usage.Refuse("Say what to do, for example: drill"),
    _ => Usage.Refuse($"There is no command '{args[0]}'."),
};

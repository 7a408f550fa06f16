using Consistency.Kit.CrashShop;

var settings = ShopSettings.Parse(args);
return await (settings.Port > 0 ? new BranchService(settings).RunAsync() : new Worker(settings).RunAsync());

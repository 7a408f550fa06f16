using Consistency.Kit.CrashShop;

return await new Worker(ShopSettings.Parse(args)).RunAsync();

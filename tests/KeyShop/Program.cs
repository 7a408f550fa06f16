using System.Globalization;
using Consistency.Kit.CrashShop;
using Consistency.Kit.KeyShop;

// store connection [crash point] [the how-manieth time it stands there]
await using var shop = await Shop.StartAsync(args[0], args[1]);
SelfDestruct.Arm(args.ElementAtOrDefault(2) ?? "", int.Parse(args.ElementAtOrDefault(3) ?? "1", CultureInfo.InvariantCulture));
Console.WriteLine(shop.Address);
await Console.In.ReadToEndAsync();

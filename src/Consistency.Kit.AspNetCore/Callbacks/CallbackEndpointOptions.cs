namespace Consistency.Kit.AspNetCore.Callbacks;

/// <summary>What a callback endpoint takes from strangers.</summary>
public sealed class CallbackEndpointOptions
{
    /// <summary>The largest body; a larger one is refused as soon as that is known, before it is read where it says its length. Default: 64 KiB.</summary>
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>How long a body may take to come. Default: 3 seconds.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long storing may take; then the provider is told to send it again. Default: 4 seconds, less than providers wait for their answer.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How many callbacks are verified and stored at once; others wait their turn within <see cref="StoreTimeout"/>. Default: 16, which leaves connections to the database for those who process them.</summary>
    public int MaxConcurrentStores { get; set; } = 16;

    internal IReadOnlyList<string> Validate() =>
    [
        .. MaxConcurrentStores < 1 ? ["CallbackEndpointOptions: MaxConcurrentStores must be at least 1."] : (string[])[],
        .. MaxBodyBytes is < 1 or > 16 * 1024 * 1024 ? ["CallbackEndpointOptions: MaxBodyBytes must be between 1 and 16 MiB."] : (string[])[],
        .. BodyTimeout <= TimeSpan.Zero || StoreTimeout <= TimeSpan.Zero ? ["CallbackEndpointOptions: BodyTimeout and StoreTimeout must be positive."] : (string[])[],
    ];
}

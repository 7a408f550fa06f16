namespace Consistency.Kit.Callbacks;

/// <summary>Why a callback is not believed. Counted, never stored.</summary>
public enum CallbackRefusal
{
    /// <summary>It has no signature, or lacks what a signature needs.</summary>
    NoSignature,

    /// <summary>The signature does not fit.</summary>
    BadSignature,

    /// <summary>It names a key that is not known.</summary>
    UnknownKey,

    /// <summary>It was signed too long ago, or in the future: it may be a recording.</summary>
    OutsideWindow,

    /// <summary>It cannot be read.</summary>
    Malformed,

    /// <summary>A header that counts is there more than once.</summary>
    RepeatedHeader,

    /// <summary>The body is larger than the cap.</summary>
    TooLarge,

    /// <summary>The body did not come within its time.</summary>
    TooSlow,
}

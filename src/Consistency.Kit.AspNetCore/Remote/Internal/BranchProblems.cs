using System.Globalization;
using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Remote.Internal;

/// <summary>What a request is answered that is no call of a branch.</summary>
internal static class BranchProblems
{
    private const string Prefix = "urn:consistency-kit:branch:";

    internal static readonly Problem NoJson = new(
        StatusCodes.Status415UnsupportedMediaType, Prefix + "no-json", "The request is no JSON.", "Send the branch's request as application/json.");

    internal static readonly Problem BadRequest = new(
        StatusCodes.Status400BadRequest, Prefix + "bad-request", "The request cannot be read.", "Its JSON is not what this branch is asked with.");

    internal static Problem BadCall(string problem) => new(
        StatusCodes.Status400BadRequest, Prefix + "bad-call", "The query names no call of this branch.", problem);

    internal static Problem TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, Prefix + "too-large", "The request is too large.", string.Create(CultureInfo.InvariantCulture, $"The limit is {limit} bytes."));
}

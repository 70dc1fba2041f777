using System.Text.Json.Serialization;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Deletions;

/// <summary>The body of a request to execute one batch of a plan.</summary>
/// <param name="Ticket">The batch's ticket.</param>
/// <param name="Seal">The plan's seal.</param>
/// <param name="Confirm">The plan's total, as a person has confirmed it.</param>
/// <param name="Except">The IDs of users in the batch to leave alone.</param>
/// <param name="Approval">The approval by a second administrator, where one is needed.</param>
internal sealed partial record ExecutionRequest(
    string? Ticket, string? Seal, int? Confirm, IReadOnlyList<string>? Except, string? Approval)
{
    /// <summary>The size of the largest body, in bytes.</summary>
    public const int MaxBodyInBytes = 64 * 1024;

    private const string Rule = "The body is a JSON object such as {\"ticket\":\"eyJ…\",\"seal\":\"eyJ…\",\"confirm\":42,\"except\":[]}.";

    /// <summary>Reads the body.</summary>
    /// <exception cref="InvalidRequestException">It is not valid.</exception>
    public static async Task<ExecutionRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadRequiredAsync(
            request, ExecutionRequestJson.Default.ExecutionRequest, MaxBodyInBytes, Rule, cancellationToken);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (string.IsNullOrEmpty(body.Ticket))
        {
            errors["ticket"] = ["ticket is the ticket of a batch of the plan."];
        }

        if (string.IsNullOrEmpty(body.Seal))
        {
            errors["seal"] = ["seal is the seal in the last line of the plan. A plan without a seal is not complete; plan again."];
        }

        if (body.Confirm is null)
        {
            errors["confirm"] = ["confirm is the plan's total, as a person has confirmed it."];
        }

        return errors.Count is 0 ? body : throw new InvalidRequestException(errors);
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false)]
    [JsonSerializable(typeof(ExecutionRequest))]
    private sealed partial class ExecutionRequestJson : JsonSerializerContext;
}

using System.Text.Json.Serialization;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Deletions;

/// <summary>The body of a request to approve a plan.</summary>
/// <param name="Seal">The plan's seal.</param>
/// <param name="Preview">Whether the caller only wants to know what the plan is. Then nothing is approved.</param>
internal sealed partial record ApprovalRequest(string? Seal, bool Preview)
{
    private const int MaxBodyInBytes = 16 * 1024;

    private const string Rule = "The body is a JSON object such as {\"seal\":\"eyJ…\"}.";

    /// <summary>Reads the body.</summary>
    /// <exception cref="InvalidRequestException">It is not valid, or it has no seal.</exception>
    public static async Task<ApprovalRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadRequiredAsync(
            request, ApprovalRequestJson.Default.ApprovalRequest, MaxBodyInBytes, Rule, cancellationToken);
        return string.IsNullOrEmpty(body.Seal)
            ? throw new InvalidRequestException("seal", "seal is the seal in the last line of the plan.")
            : body;
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false)]
    [JsonSerializable(typeof(ApprovalRequest))]
    private sealed partial class ApprovalRequestJson : JsonSerializerContext;
}

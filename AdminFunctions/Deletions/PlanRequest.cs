using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Deletions;

/// <summary>The body of a request for a plan.</summary>
/// <param name="Q">A user search in Lucene syntax; required unless <paramref name="Everyone"/> is true.</param>
/// <param name="Everyone">Whether every user of the tenant is meant.</param>
/// <param name="Action">What to do with the users.</param>
/// <param name="Reason">Why, for the audit trail.</param>
/// <param name="CheckActivity">
/// Whether to leave alone users who have used a refresh token or a session recently. By default, if the search names <c>last_login</c> or
/// <paramref name="InactiveSince"/> is set.
/// </param>
/// <param name="InactiveSince">
/// Since when a user must have been inactive. By default, the earliest date before which the search looks for <c>last_login</c>.
/// </param>
internal sealed partial record PlanRequest(
    string? Q, bool Everyone, PlanAction? Action, string? Reason, bool? CheckActivity, DateTimeOffset? InactiveSince)
{
    private const int MaxBodyInBytes = 16 * 1024;

    private const int MaxSearchLength = 1000;

    private const int MaxReasonLength = 500;

    private const string Rule =
        "The body is a JSON object such as {\"q\":\"last_login:[* TO 2024-01-01]\",\"action\":\"block\",\"reason\":\"unused accounts\"}.";

    /// <summary>Reads the body.</summary>
    /// <exception cref="InvalidRequestException">It is not valid.</exception>
    public static async Task<PlanRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var plan = await JsonBody.ReadRequiredAsync(request, PlanRequestJson.Default.PlanRequest, MaxBodyInBytes, Rule, cancellationToken);
        return plan.Checked();
    }

    /// <summary>
    /// A user who was active after this moment is left alone; <see langword="null"/> if activity is not looked at.
    /// </summary>
    public DateTimeOffset? ActivityBound => LooksAtActivity ? InactiveSince ?? BoundInSearch() : null;

    /// <summary>Whether the request itself asks for a look at activity, which then must be possible.</summary>
    public bool RequiresActivity => CheckActivity is true || InactiveSince is not null;

    /// <summary>The search as it is sent to Auth0; <see langword="null"/> for everyone.</summary>
    public string? Search => Everyone ? null : Q;

    /// <summary>The request for every page of users.</summary>
    public ListUsersRequestParameters ToListUsersRequest() => UserFields.Request(PlannedUser.Fields) with { Q = Search };

    private bool LooksAtActivity => CheckActivity ?? (NamesLastLogin || InactiveSince is not null);

    private bool NamesLastLogin => Q?.Contains("last_login", StringComparison.Ordinal) is true;

    private PlanRequest Checked()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var hasSearch = !string.IsNullOrWhiteSpace(Q);
        if (hasSearch == Everyone)
        {
            errors["q"] = ["A plan has a search in q, or \"everyone\":true for every user of the tenant, but not both."];
        }
        else if (Q?.Length > MaxSearchLength)
        {
            errors["q"] = [$"q has at most {MaxSearchLength} characters."];
        }

        if (Action is null)
        {
            errors["action"] = ["action is block or delete."];
        }

        if (string.IsNullOrWhiteSpace(Reason) || Reason.Length > MaxReasonLength || Reason.EnumerateRunes().Any(Rune.IsControl))
        {
            errors["reason"] = [$"reason says why, in one line of at most {MaxReasonLength} characters. The audit trail keeps it."];
        }

        if (CheckActivity is false && InactiveSince is not null)
        {
            errors["check_activity"] = ["inactive_since asks for a look at activity, but check_activity turns it off. Leave one out."];
        }
        else if (LooksAtActivity && ActivityBound is null && (NamesLastLogin || errors.Count is 0))
        {
            errors["inactive_since"] = [NoBound];
        }

        return errors.Count is 0 ? this : throw new InvalidRequestException(errors);
    }

    private const string NoBound =
        "The plan looks at the users' activity, but q has no range such as last_login:[* TO 2024-01-01]. Say since when they must have "
        + "been inactive, such as 2024-01-01T00:00:00Z, or set check_activity to false.";

    /// <summary>
    /// The earliest upper bound of a range of last_login: with an earlier bound, more users count as active. A range without an upper bound
    /// is there to be negated, as in <c>NOT last_login:[2024-01-01 TO *]</c>, so its lower bound counts.
    /// </summary>
    private DateTimeOffset? BoundInSearch()
    {
        DateTimeOffset? earliest = null;
        foreach (var range in LastLoginRange().Matches(Q ?? "").Select(static match => match.Groups))
        {
            var bound = range["to"].Value is "*" ? range["from"].Value : range["to"].Value;
            if (DateTimeOffset.TryParse(bound.Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                && !(moment >= earliest))
            {
                earliest = moment;
            }
        }

        return earliest;
    }

    [GeneratedRegex(
        @"last_login:(?:[\[{]\s*(?<from>\S+)\s+TO\s+(?<to>[^\s\]}]+)\s*[\]}]|<=?(?<to>[^\s)]+))",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastLoginRange();

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false)]
    [JsonSerializable(typeof(PlanRequest))]
    private sealed partial class PlanRequestJson : JsonSerializerContext;
}

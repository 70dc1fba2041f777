namespace AdminFunctions.Management;

/// <summary>
/// The fields of a log event that this API reads from Auth0 (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes). Two are
/// never read, because they can contain tokens and addresses: <c>details</c> and <c>user_name</c>.
/// </summary>
internal static class LogFields
{
    public static IReadOnlyList<Field> Served { get; } =
    [
        new("log_id", FieldKind.Text),
        new("date", FieldKind.Moment),
        new("type", FieldKind.Text),
        new("ip", FieldKind.Text),
        new("user_agent", FieldKind.Text),
        new("connection", FieldKind.Text),
        new("client_name", FieldKind.Text),
        new("description", FieldKind.Text),
    ];
}

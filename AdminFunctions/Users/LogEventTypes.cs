using System.Collections.Frozen;

namespace AdminFunctions.Users;

/// <summary>
/// The types of log events that concern a user, in words (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes).
/// </summary>
internal static class LogEventTypes
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["s"] = "Successful login",
        ["f"] = "Failed login",
        ["fp"] = "Failed login: wrong password",
        ["fu"] = "Failed login: unknown email or username",
        ["fc"] = "Failed login by connector",
        ["fco"] = "Failed login: origin not allowed (CORS)",
        ["w"] = "Warning during login",
        ["scoa"] = "Successful cross-origin authentication",
        ["fcoa"] = "Failed cross-origin authentication",
        ["ssa"] = "Successful silent authentication",
        ["fsa"] = "Failed silent authentication",
        ["slo"] = "Successful logout",
        ["flo"] = "Failed logout",
        ["oidc_backchannel_logout_succeeded"] = "Successful back-channel logout",
        ["oidc_backchannel_logout_failed"] = "Failed back-channel logout",
        ["srrt"] = "Refresh token revoked",
        ["session_revoked"] = "Session revoked",

        ["ss"] = "Successful signup",
        ["fs"] = "Failed signup",
        ["si"] = "Invitation accepted",
        ["fi"] = "Failed to accept an invitation",
        ["sui"] = "Users imported",
        ["sdu"] = "User deleted",
        ["fdu"] = "Failed to delete the user",
        ["du"] = "User deleted",
        ["ublkdu"] = "User unblocked",

        ["scp"] = "Password changed",
        ["fcp"] = "Failed to change the password",
        ["scpr"] = "Password change requested",
        ["fcpr"] = "Failed to request a password change",
        ["fcph"] = "Failed hook after a password change",
        ["pwd_leak"] = "Login with a breached password",
        ["signup_pwd_leak"] = "Signup with a breached password",
        ["reset_pwd_leak"] = "Password reset to a breached password",
        ["sce"] = "Email address changed",
        ["fce"] = "Failed to change the email address",
        ["scpn"] = "Phone number changed",
        ["fcpn"] = "Failed to change the phone number",
        ["scu"] = "Username changed",
        ["fcu"] = "Failed to change the username",

        ["sv"] = "Email address verified",
        ["fv"] = "Failed to verify the email address",
        ["svr"] = "Verification email requested",
        ["fvr"] = "Failed to request a verification email",
        ["cs"] = "Passwordless code sent",
        ["cls"] = "Passwordless code or link sent",
        ["fn"] = "Failed to send a notification",

        ["limit_wc"] = "Blocked after too many failed logins",
        ["limit_sul"] = "Blocked after too many logins",
        ["limit_mu"] = "IP address blocked",
        ["limit_ui"] = "Too many calls to the user information endpoint",
        ["limit_delegation"] = "Too many calls to the delegation endpoint",

        ["seacft"] = "Authorization code exchanged for a token",
        ["feacft"] = "Failed to exchange an authorization code",
        ["sertft"] = "Refresh token exchanged",
        ["fertft"] = "Failed to exchange a refresh token",
        ["ferrt"] = "Failed to exchange a rotating refresh token",
        ["sepft"] = "Password exchanged for a token",
        ["fepft"] = "Failed to exchange a password for a token",
        ["sens"] = "Successful native social login",
        ["fens"] = "Failed native social login",
        ["sede"] = "Device code exchanged for a token",
        ["fede"] = "Failed to exchange a device code",
        ["seotpft"] = "Password and one-time code exchanged for a token",
        ["feotpft"] = "Failed to exchange a password and one-time code",
        ["seoobft"] = "Password and out-of-band challenge exchanged for a token",
        ["feoobft"] = "Failed to exchange a password and out-of-band challenge",
        ["sercft"] = "Recovery code exchanged for a token",
        ["fercft"] = "Failed to exchange a recovery code",

        ["gd_start_auth"] = "Second factor started",
        ["gd_start_enroll"] = "Enrollment of a second factor started",
        ["gd_enrollment_complete"] = "Second factor enrolled",
        ["gd_unenroll"] = "Second factor deleted",
        ["gd_auth_succeed"] = "Second factor succeeded",
        ["gd_auth_failed"] = "Second factor failed",
        ["gd_auth_rejected"] = "Second factor rejected",
        ["gd_auth_fail_email_verification"] = "Failed email code as a second factor",
        ["gd_otp_rate_limit_exceed"] = "Too many wrong codes of a second factor",
        ["gd_recovery_succeed"] = "Recovery code succeeded",
        ["gd_recovery_failed"] = "Recovery code failed",
        ["gd_recovery_rate_limit_exceed"] = "Too many wrong recovery codes",
        ["gd_send_sms"] = "Second factor sent by text message",
        ["gd_send_sms_failure"] = "Failed to send a second factor by text message",
        ["gd_send_email"] = "Second factor sent by email",
        ["gd_send_voice"] = "Second factor sent by voice call",
        ["gd_send_voice_failure"] = "Failed to send a second factor by voice call",
        ["gd_send_pn"] = "Second factor sent by push notification",
        ["gd_send_pn_failure"] = "Failed to send a second factor by push notification",
        ["mfar"] = "Second factor required",

        ["sapi"] = "Management API operation",
        ["fapi"] = "Failed Management API operation",
        ["mgmt_api_read"] = "Management API read",
        ["api_limit"] = "Rate limit of an API reached",
        ["depnote"] = "Deprecation notice",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The type in words; <see langword="null"/> if it is not known.</summary>
    public static string? NameOf(string type) => Names.GetValueOrDefault(type);
}

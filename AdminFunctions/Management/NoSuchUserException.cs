namespace AdminFunctions.Management;

/// <summary>The tenant has no such user.</summary>
public sealed class NoSuchUserException() : Exception("The tenant has no user with this ID. It may have been deleted.");

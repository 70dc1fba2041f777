using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>Runs one function for a request, and turns what it returns or throws into the answer.</summary>
internal sealed partial class FunctionInvocation(FunctionDescriptor function, ILogger logger)
{
    private readonly MethodInvoker _method = MethodInvoker.Create(function.Method);
    private readonly ParameterBinder[] _parameters = [.. function.Method.GetParameters().Select(parameter => ParameterBinding.For(parameter, function.Pattern))];
    private readonly Func<object?, ValueTask<object?>> _completion = CompletionOf(function.Method.ReturnType);

    /// <summary>What a function of this return type answers with; null when it writes to the response itself.</summary>
    public static Type? ResultType(Type returns)
    {
        if (returns == typeof(void) || returns == typeof(Task) || returns == typeof(ValueTask))
        {
            return null;
        }

        return IsTaskOfResult(returns) ? returns.GetGenericArguments()[0] : returns;
    }

    /// <summary>Serves a request. An exception that escapes the function is an empty 500, or a broken connection once the answer has begun.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            // One instance a call, never disposed, as in the worker; its services live in the request's scope.
            var instance = function.Method.IsStatic ? null : ActivatorUtilities.CreateInstance(context.RequestServices, function.Method.DeclaringType!);
            var arguments = new object?[_parameters.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = await _parameters[i](context);
            }

            await AnswerAsync(context, await _completion(_method.Invoke(instance, arguments.AsSpan())));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            LogCallerGone(function.Name);
        }
        catch (Exception escaped)
        {
            LogFailed(escaped, function.Name);
            // Bytes that wait to be flushed would follow the 500 as its body.
            if (context.Response.HasStarted || context.Response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 })
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private static Task AnswerAsync(HttpContext context, object? result) => result switch
    {
        IActionResult action => action.ExecuteResultAsync(new ActionContext(context, context.GetRouteData(), new ActionDescriptor())),
        IResult answer => answer.ExecuteAsync(context),
        _ => Task.CompletedTask,
    };

    private static bool IsTaskOfResult(Type type)
        => type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static Func<object?, ValueTask<object?>> CompletionOf(Type returns)
    {
        if (returns == typeof(Task))
        {
            return async task => { await (Task)task!; return null; };
        }

        if (returns == typeof(ValueTask))
        {
            return async task => { await (ValueTask)task!; return null; };
        }

        if (!IsTaskOfResult(returns))
        {
            return result => new(result);
        }

        var name = returns.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(FromTaskAsync) : nameof(FromValueTaskAsync);
        return typeof(FunctionInvocation).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(returns.GetGenericArguments()).CreateDelegate<Func<object?, ValueTask<object?>>>();
    }

    private static async ValueTask<object?> FromTaskAsync<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> FromValueTaskAsync<T>(object? task) => await (ValueTask<T>)task!;

    [LoggerMessage(LogLevel.Error, "Executed '{Function}' (Failed)")]
    private partial void LogFailed(Exception escaped, string function);

    [LoggerMessage(LogLevel.Debug, "Executed '{Function}' (Cancelled): its caller went away")]
    private partial void LogCallerGone(string function);
}

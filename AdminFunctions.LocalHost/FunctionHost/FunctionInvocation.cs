using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>Calls a function for a request, and turns its result or exception into the response.</summary>
internal sealed partial class FunctionInvocation(FunctionDescriptor function, ILogger logger)
{
    private readonly MethodInvoker _method = MethodInvoker.Create(function.Method);
    private readonly ParameterBinder[] _parameters =
        [.. function.Method.GetParameters().Select(parameter => ParameterBinding.For(parameter, function.Pattern))];
    private readonly Func<object?, ValueTask<object?>> _completion = CompletionOf(function.Method.ReturnType);

    /// <summary>The type of the result; null if the function writes to the response itself.</summary>
    public static Type? ResultType(Type returns)
    {
        if (returns == typeof(void) || returns == typeof(Task) || returns == typeof(ValueTask))
        {
            return null;
        }

        return IsTaskOfResult(returns) ? returns.GetGenericArguments()[0] : returns;
    }

    /// <summary>Handles a request. An exception results in an empty 500, or aborts a response that has started.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            // As in the worker, each call gets its own instance, which is never disposed. Its services have the scope of the request.
            var instance = function.Method.IsStatic
                ? null
                : ActivatorUtilities.CreateInstance(context.RequestServices, function.Method.DeclaringType!);
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
            // Otherwise, unflushed bytes would become the body of the 500.
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
        => type.IsGenericType
            && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>));

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

    [LoggerMessage(LogLevel.Debug, "Executed '{Function}' (Canceled): the caller disconnected")]
    private partial void LogCallerGone(string function);
}

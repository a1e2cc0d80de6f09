using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Preempt.FunctionsHost.Worker;
using Binder = Microsoft.Azure.WebJobs.Binder;

namespace Preempt.FunctionsHost.Jobs;

/// <summary>How a function is called: its name, what triggered it, a binder for its other inputs, and the host's stop.</summary>
internal delegate Task<object> FunctionCall(string name, object trigger, Binder binder, CancellationToken stop);

/// <summary>
/// The class that WebJobs looks for functions in. WebJobs knows functions as methods with attributes, and the worker's are in another
/// process: so a class is made whose methods have the worker's triggers, and pass every call on.
/// <code>
/// [FunctionName("Render")]
/// public static Task&lt;object&gt; Render([ActivityTrigger] string trigger, Binder binder, CancellationToken stop) =>
///     Call("Render", trigger, binder, stop);
/// </code>
/// </summary>
internal sealed class EmittedFunctions : ITypeLocator
{
    private const string CallField = "Call";
    private static readonly Type CallType = typeof(Func<string, object, Binder, CancellationToken, Task<object>>);

    private readonly Type _type;

    public EmittedFunctions(IEnumerable<WorkerFunction> functions)
    {
        TypeBuilder type = AssemblyBuilder.DefineDynamicAssembly(new("WorkerFunctions"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("WorkerFunctions")
            .DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        FieldBuilder call = type.DefineField(CallField, CallType, FieldAttributes.Public | FieldAttributes.Static);
        foreach (WorkerFunction function in functions)
            Emit(type, call, function);
        _type = type.CreateType();
    }

    public IReadOnlyList<Type> GetTypes() => [_type];

    /// <summary>Says who takes the calls; before the host starts.</summary>
    public void PassTo(FunctionCall call) => _type.GetField(CallField)!.SetValue(null, call.Method.CreateDelegate(CallType, call.Target));

    private static void Emit(TypeBuilder type, FieldBuilder call, WorkerFunction function)
    {
        Trigger trigger = Trigger.Of(function);
        MethodBuilder method = type.DefineMethod(
            function.Name, MethodAttributes.Public | MethodAttributes.Static, trigger.Returns, [trigger.Value, typeof(Binder), typeof(CancellationToken)]);
        method.SetCustomAttribute(new(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [function.Name]));
        ParameterBuilder parameter = method.DefineParameter(1, ParameterAttributes.None, HttpTriggerParameter);
        if (trigger.Attribute == typeof(NoAutomaticTriggerAttribute))
            method.SetCustomAttribute(BindingAttribute.Describe(trigger.Attribute, function.Trigger));
        else
            parameter.SetCustomAttribute(BindingAttribute.Describe(trigger.Attribute, function.Trigger, trigger.Arguments));
        method.DefineParameter(2, ParameterAttributes.None, "binder");
        method.DefineParameter(3, ParameterAttributes.None, "stop");

        ILGenerator body = method.GetILGenerator();
        body.Emit(OpCodes.Ldsfld, call);
        body.Emit(OpCodes.Ldstr, function.Name);
        body.Emit(OpCodes.Ldarg_0);
        body.Emit(OpCodes.Ldarg_1);
        body.Emit(OpCodes.Ldarg_2);
        body.Emit(OpCodes.Callvirt, CallType.GetMethod("Invoke")!);
        body.Emit(OpCodes.Ret);
    }

    /// <summary>The name of each function's first parameter, under which an HTTP function is handed its request.</summary>
    public const string HttpTriggerParameter = "trigger";

    /// <summary>How WebJobs sees one kind of trigger.</summary>
    /// <param name="Attribute">Its attribute.</param>
    /// <param name="Value">What it hands to the function.</param>
    /// <param name="Returns">What the function returns. The durable extension takes nothing but a task of an object.</param>
    /// <param name="Arguments">The settings that the attribute's constructor takes.</param>
    private sealed record Trigger(Type Attribute, Type Value, Type Returns, params string[] Arguments)
    {
        public static Trigger Of(WorkerFunction function) => function.Trigger.Type switch
        {
            "orchestrationTrigger" => new(typeof(OrchestrationTriggerAttribute), typeof(string), typeof(Task<object>)),
            "entityTrigger" => new(typeof(EntityTriggerAttribute), typeof(string), typeof(Task<object>)),
            "activityTrigger" => new(typeof(ActivityTriggerAttribute), typeof(string), typeof(Task<object>)),
            "queueTrigger" => new(typeof(QueueTriggerAttribute), MessageTypeOf(function.Trigger), typeof(Task), "queueName"),
            "timerTrigger" => new(typeof(TimerTriggerAttribute), typeof(TimerInfo), typeof(Task), "schedule"),
            // WebJobs waits for no request: the host's web server calls the function.
            "httpTrigger" => new(typeof(NoAutomaticTriggerAttribute), typeof(object), typeof(Task)),
            var other => throw new NotSupportedException($"The function {function.Name} has a trigger of the type {other}, which this host does not have."),
        };

        /// <summary>How a worker's parameter wants a message: as bytes, or else as data that the worker makes its own type of.</summary>
        private static Type MessageTypeOf(Binding trigger) => trigger["dataType"] == "Binary" ? typeof(byte[]) : typeof(ParameterBindingData);
    }
}

using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Embedded.Tests;

public class TaskEntityTests
{
    [Theory]
    [InlineData("Add", 5, 5)]
    [InlineData("add", 5, 5)]
    [InlineData("AddTask", 5, 5)]
    [InlineData("AddValueTask", 5, 5)]
    [InlineData("AddLater", 5, null)]
    [InlineData("AddSilently", 5, null)]
    [InlineData("AddOrThree", null, 3)]
    [InlineData("AddOrThree", 5, 5)]
    [InlineData("Describe", 5, "add 5 to @counter@k via Describe")]
    public async Task An_operation_is_a_method_by_name(string operation, int? input, object? expected)
    {
        Operation call = new(operation, input);

        Assert.Equal(expected, await new Counter().RunAsync(call));
        Assert.True(call.Kept.HasState);
    }

    [Fact]
    public async Task State_is_kept_from_operation_to_operation()
    {
        StateBox state = new();

        await new Counter().RunAsync(new Operation("Add", 2, state));
        await new Counter().RunAsync(new Operation("AddLater", 3, state));

        Assert.Equal(new Total(5), state.GetState<Total>());
    }

    [Fact]
    public async Task State_of_a_failed_operation_is_not_kept()
    {
        StateBox state = new();
        await new Counter().RunAsync(new Operation("Add", 2, state));

        await Assert.ThrowsAsync<FormatException>(async () => await new Counter().RunAsync(new Operation("Spoil", null, state)));
        await Assert.ThrowsAsync<FormatException>(async () => await new Counter().RunAsync(new Operation("SpoilLater", null, state)));

        Assert.Equal(new Total(2), state.GetState<Total>());
    }

    [Fact]
    public async Task Delete_is_an_operation_of_every_entity()
    {
        StateBox state = new();
        await new Counter().RunAsync(new Operation("Add", 2, state));

        Assert.Null(await new Counter().RunAsync(new Operation("DELETE", null, state)));

        Assert.False(state.HasState);
    }

    [Fact]
    public async Task An_entity_may_define_its_own_delete()
    {
        StateBox state = new();

        Assert.Equal("kept", await new Undeletable().RunAsync(new Operation("delete", null, state)));

        Assert.True(state.HasState);
    }

    [Theory]
    [InlineData("Unknown")]
    [InlineData("RunAsync")]
    [InlineData("ToString")]
    [InlineData("get_Context")]
    [InlineData("Hidden")]
    public async Task What_is_no_public_operation_is_not_supported(string operation) =>
        await Assert.ThrowsAsync<NotSupportedException>(async () => await new Counter().RunAsync(new Operation(operation, 1)));

    [Fact]
    public async Task Operations_that_cannot_be_bound_say_so()
    {
        await Assert.ThrowsAsync<AmbiguousMatchException>(async () => await new Counter().RunAsync(new Operation("Twice", 1)));
        InvalidOperationException missing = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await new Counter().RunAsync(new Operation("Add", null)));
        InvalidOperationException several = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await new Counter().RunAsync(new Operation("Several", 1)));

        Assert.Contains("needs an input (System.Int32 amount)", missing.Message, StringComparison.Ordinal);
        Assert.Contains("takes several inputs", several.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_can_have_the_operations()
    {
        StateBox state = new();

        Assert.Equal(4, await new Wrapper().RunAsync(new Operation("grow", 4, state)));

        Assert.Equal(4, state.GetState<Box>()!.Size);
    }

    [Fact]
    public async Task A_dispatcher_makes_the_entity_and_keeps_its_answer()
    {
        using ServiceProvider services = new ServiceCollection().AddSingleton("seven").BuildServiceProvider();
        TaskEntityDispatcher typed = new(new Operation("Read", null), services);
        TaskEntityDispatcher made = new(new Operation("AddLater", 1), services);
        TaskEntityDispatcher handled = new(new Operation("x", 1), services);

        await typed.DispatchAsync<NeedsText>();
        await made.DispatchAsync(new Counter());
        await handled.DispatchAsync(async operation =>
        {
            await Task.Yield();
            return operation.Name;
        });

        Assert.Equal(("seven", null, "x"), (typed.Result, made.Result, handled.Result));
        await Assert.ThrowsAsync<InvalidOperationException>(() => made.DispatchAsync<string>());
    }

    private sealed record Total(int Value)
    {
        public Total()
            : this(0)
        {
        }
    }

    private sealed class Counter : TaskEntity<Total>
    {
        public int Add(int amount)
        {
            State = new(State.Value + amount);
            return State.Value;
        }

        public Task<int> AddTask(int amount) => Task.FromResult(Add(amount));

        public ValueTask<int> AddValueTask(int amount) => new(Add(amount));

        public async Task AddLater(int amount)
        {
            await Task.Yield();
            Add(amount);
        }

        public void AddSilently(int amount) => Add(amount);

        public int AddOrThree(int amount = 3) => Add(amount);

        public string Describe(TaskEntityContext context, int amount, TaskEntityOperation operation) =>
            context == Context ? $"add {amount} to {context.Id} via {operation.Name}" : "";

        public void Spoil()
        {
            State = new(-1);
            throw new FormatException();
        }

        public async Task SpoilLater()
        {
            State = new(-1);
            await Task.Yield();
            throw new FormatException();
        }

        public int Twice(int amount) => Add(amount * 2);

        public int Twice(string amount) => Add(amount.Length);

        public int Several(int one, int two) => Add(one + two);

        internal int Hidden(int amount) => Add(amount);
    }

    private sealed class Undeletable : TaskEntity<int>
    {
        public string Delete()
        {
            State++;
            return "kept";
        }
    }

    private sealed class NeedsText(string text) : TaskEntity<int>
    {
        public string Read() => State == 0 ? text : "";
    }

    private sealed class Box
    {
        public int Size { get; private set; }

        public int Grow(int by) => Size += by;
    }

    private sealed class Wrapper : TaskEntity<Box>
    {
        protected override bool AllowStateDispatch => true;
    }

    private sealed class StateBox : TaskEntityState
    {
        private object? _state;

        public override bool HasState => _state is not null;

        public override object? GetState(Type type) => _state;

        public override void SetState(object? state) => _state = state;
    }

    private sealed class Operation(string name, object? input, StateBox? state = null) : TaskEntityOperation
    {
        public StateBox Kept { get; } = state ?? new();

        public override string Name => name;

        public override TaskEntityContext Context { get; } = new Effects();

        public override TaskEntityState State => Kept;

        public override bool HasInput => input is not null;

        public override object? GetInput(Type inputType) => input;
    }

    private sealed class Effects : TaskEntityContext
    {
        public override EntityInstanceId Id => new("Counter", "k");

        public override void SignalEntity(
            EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null) =>
            throw new NotSupportedException();

        public override string ScheduleNewOrchestration(
            TaskName name, object? input = null, StartOrchestrationOptions? options = null) => throw new NotSupportedException();
    }
}

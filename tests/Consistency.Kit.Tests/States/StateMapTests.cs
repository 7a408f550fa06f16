using Consistency.Kit.States;

namespace Consistency.Kit.Tests.States;

public sealed class StateMapTests
{
    private enum Light
    {
        Red,
        Green,
        Yellow,
    }

    private static StateMap<Light> Map => StateMap.Define<Light>("light", map => map
        .Start(Light.Red)
        .Move(Light.Red, Light.Green, "timer", "policeman")
        .Move(Light.Green, Light.Yellow)
        .Vocabulary("road", words => words.Is("GO", Light.Green).NoNews("BLINKING")));

    [Theory]
    [InlineData((int)Light.Red, (int)Light.Green, "timer", StateVerdict.Legal)]
    [InlineData((int)Light.Red, (int)Light.Green, "driver", StateVerdict.WrongCause)]
    [InlineData((int)Light.Green, (int)Light.Yellow, "driver", StateVerdict.Legal)]
    [InlineData((int)Light.Green, (int)Light.Green, "driver", StateVerdict.Same)]
    [InlineData((int)Light.Green, (int)Light.Red, "timer", StateVerdict.NoSuchMove)]
    [InlineData((int)Light.Red, (int)Light.Yellow, "timer", StateVerdict.NoSuchMove)]
    public void Only_what_is_described_is_legal(int from, int to, string cause, StateVerdict verdict) => Assert.Equal(verdict, Map.Judge((Light)from, (Light)to, cause));

    [Fact]
    public void It_is_printed_as_a_table_and_as_a_diagram()
    {
        Assert.Equal("| From | To | Caused by |\n|---|---|---|\n| | Red | |\n| Red | Green | timer, policeman |\n| Green | Yellow | anything |\n", Map.ToTable());
        Assert.Equal("stateDiagram-v2\n    [*] --> Red\n    Red --> Green: timer, policeman\n    Green --> Yellow: anything\n    Yellow --> [*]\n", Map.ToMermaid());
    }

    [Fact]
    public void Words_are_taken_exactly()
    {
        Assert.Equal(new StateWord<Light>.Known(Light.Green), Map.Translate("road", "GO"));
        Assert.IsType<StateWord<Light>.NoNews>(Map.Translate("road", "BLINKING"));
        Assert.All((string[])["go", "GO ", ""], word => Assert.IsType<StateWord<Light>.Unknown>(Map.Translate("road", word)));
        Assert.Contains("map.Vocabulary(\"rail\"", Assert.Throws<InvalidOperationException>(() => Map.Translate("rail", "GO")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_that_makes_no_sense_is_refused_by_name()
    {
        Assert.Contains("begin nowhere", Assert.Throws<InvalidOperationException>(() => StateMap.Define<Light>("light", _ => { })).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing leads to Yellow",
            Assert.Throws<InvalidOperationException>(() => StateMap.Define<Light>("light", map => map.Start(Light.Red).Move(Light.Red, Light.Green))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StateMap.Define<Light>("light", map => map.Start(Light.Red).Start(Light.Red)));
        Assert.Throws<ArgumentException>(() => StateMap.Define<Light>("light", map => map.Move(Light.Red, Light.Red)));
        Assert.Throws<ArgumentException>(() => StateMap.Define<Light>("light", map => map.Move(Light.Red, Light.Green).Move(Light.Red, Light.Green)));
        Assert.Throws<ArgumentException>(() => StateMap.Define<Light>("light", map => map.Move(Light.Red, (Light)9)));
        Assert.Throws<ArgumentException>(() => StateMap.Define<Light>("light", map => map.Vocabulary("road", words => words.Is("GO", Light.Green).NoNews("GO"))));
        Assert.Throws<ArgumentException>(() => new StateCause(" "));
        Assert.Throws<ArgumentException>(() => new StateCause("callback", new string('x', 201)));
    }
}

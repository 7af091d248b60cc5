using FsCheck;
using FsCheck.Fluent;
using Streams.AnalyticsSink.Shapes;
using Streams.AnalyticsSink.Storing;
using Streams.AnalyticsSink.Tests.Components;
using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Tests.Units;

public sealed class StoringTests
{
    [Fact]
    public void Given_any_batch_When_collapsed_Then_each_key_has_its_highest_version_once()
    {
        var row = from status in Gen.Elements("a", "b", "", null)
                  from hour in Gen.Choose(0, 2)
                  from revision in Gen.Choose(1, 9)
                  from epoch in Gen.Choose(1, 2)
                  from isFinal in Gen.Elements(false, true)
                  select SinkWorld.Row(status, hour, revision, epoch, isFinal: isFinal);
        Prop.ForAll(Arb.From(Gen.ListOf(row)), rows =>
        {
            var collapsed = RowBatch.Collapse(rows, item => item);
            var expected = rows.GroupBy(item => (item.Groups[0], item.WindowStart)).ToDictionary(same => same.Key, same => same.Max(item => item.Version));
            Assert.Equal(expected.Count, collapsed.Count);
            Assert.All(collapsed, item => Assert.Equal(expected[(item.Groups[0], item.WindowStart)], item.Version));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Given_a_plan_Then_its_table_is_typed_and_its_key_takes_NULL_as_a_value()
    {
        var sql = TableSql.CreateTable(Plans.Sales).ReplaceLineEndings("\n");

        Assert.Equal($"""
            CREATE TABLE analytics."{TableSql.Relation(Plans.Sales)}" (
              "status" text COLLATE "C",
              "Day" date,
              "window_start" timestamptz NOT NULL,
              "window_end" timestamptz NOT NULL,
              "best" jsonb,
              "revenue" numeric,
              "sales" bigint,
              "streams_final" boolean NOT NULL,
              "streams_epoch" bigint NOT NULL,
              "streams_revision" bigint NOT NULL,
              "streams_as_of_lsn" pg_lsn,
              "streams_as_of" timestamptz,
              streams_empty boolean NOT NULL,
              streams_change bigint NOT NULL
            ) WITH (fillfactor = 85);
            CREATE UNIQUE INDEX ON analytics."{TableSql.Relation(Plans.Sales)}" ("window_start", "status", "Day") NULLS NOT DISTINCT;
            CREATE INDEX ON analytics."{TableSql.Relation(Plans.Sales)}" (streams_change);
            """.ReplaceLineEndings("\n"), sql);
    }

    [Fact]
    public void Given_the_longest_name_Then_the_table_has_a_name_that_Postgres_keeps()
    {
        var longest = Plans.Sales with { Name = new string('a', 48) };

        Assert.Equal(63, TableSql.Relation(longest).Length);
    }

    [Fact]
    public void Given_a_shape_When_it_comes_back_from_the_database_Then_it_is_the_same()
    {
        var shape = AggregateShape.Parse(Plans.Sales.ToJson());

        Assert.Equal(Plans.Sales.ToJson(), shape.ToJson());
        Assert.Equal(Plans.Sales.Columns.AsEnumerable(), shape.Columns);
        Assert.Equal(Plans.Sales.Window, shape.Window);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(1L, null, true)]
    [InlineData(2L, null, false)]
    [InlineData(null, SinkWorld.Start + SinkWorld.Hour, true)]
    [InlineData(null, SinkWorld.Start + SinkWorld.Hour + 1, false)]
    public void Given_what_a_table_has_deleted_Then_it_does_not_take_it_again(long? epoch, long? droppedBefore, bool admitted) =>
        Assert.Equal(admitted, new TableGate(epoch, droppedBefore, 0).Admits(SinkWorld.Row("paid", 0, 5, epoch: 1)));

    [Fact]
    public void Given_no_key_columns_Then_there_is_one_row()
    {
        Assert.Contains("((true))", TableSql.CreateTable(Plans.Total), StringComparison.Ordinal);
        Assert.Contains("ON CONFLICT ((true)) DO UPDATE", UpsertSql.Of(Plans.Total, "t"), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_position_When_printed_Then_it_is_as_Postgres_prints_it() => Assert.Equal("16/B374D848", Sql.Lsn(0x16_B374_D848));
}

"""Pictures are drawn to scale."""

from lxml import etree

from bot.evaluation.report.svg_chart import (
    HEIGHT,
    INNER,
    LEFT,
    TALL,
    TOP,
    WIDTH,
    Bar,
    bar_chart,
    line_chart,
    line_points,
    stacked_bar,
)


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def test_a_line_rises_from_the_lower_left_to_the_upper_right() -> None:
    values = (0.0, 0.5, 1.0)
    points = line_points(values)
    assert [y for _, y in points] == [TOP + TALL, TOP + TALL / 2, TOP]
    assert points[1][0] - points[0][0] == points[2][0] - points[1][0] > 0
    assert all(LEFT < x < LEFT + INNER for x, _ in points)
    picture = drawn(line_chart(values, labelled=(1, 3), axis="rank", label="up"))
    curve = picture.find("polyline").get("points")
    assert [tuple(map(float, point.split(","))) for point in curve.split()] == points
    assert [text.text for text in picture.iter("text") if text.get("class") == "value"] == ["0 %", "100 %"]


def test_bars_are_as_tall_as_their_counts_and_empty_ones_are_not_drawn() -> None:
    picture = drawn(bar_chart([Bar("0", "5", 4), Bar("5", "10", 0), Bar("10", "15", 1)], axis="ms", label="times"))
    assert [float(rect.get("height")) for rect in picture.iter("rect")] == [TALL, TALL / 4]
    assert {float(rect.get("y")) + float(rect.get("height")) for rect in picture.iter("rect")} == {TOP + TALL}
    assert [text.text for text in picture.iter("text") if text.get("class") == "tick"] == ["0", "5", "10", "15"]


def test_many_bars_have_few_labels_and_stay_in_the_picture() -> None:
    picture = drawn(bar_chart([Bar(str(n), str(n + 1), 1) for n in range(12)], axis="ms", label="times"))
    assert [text.text for text in picture.iter("text") if text.get("class") == "tick"] == [*map(str, range(0, 13, 2))]
    assert max(float(rect.get("x")) + float(rect.get("width")) for rect in picture.iter("rect")) < WIDTH


def test_a_strip_is_filled_by_its_shares() -> None:
    rects = list(drawn(stacked_bar([("a", 0.25), ("b", 0.0), ("c", 0.75)], label="shares")).iter("rect"))
    assert [rect.get("class") for rect in rects] == ["a", "c"]
    assert float(rects[0].get("width")) == WIDTH / 4
    assert float(rects[1].get("x")) + float(rects[1].get("width")) == WIDTH


def test_a_picture_says_what_it_shows() -> None:
    picture = drawn(line_chart([1.0], labelled=(1,), axis="a < b", label='more than "half" & less'))
    assert (picture.get("role"), picture.get("aria-label")) == ("img", 'more than "half" & less')
    assert picture.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"

"""Charts that the server draws."""

from lxml import etree

from triage.web.charts import HEIGHT, WIDTH, Point, columns, curve


def drawn(chart):
    """The drawing as a tree: it is well-formed."""
    return etree.fromstring(str(chart.svg))


def test_columns_are_as_high_as_their_counts():
    """Of two days with 1 + 3 and 2 mails the first column is twice as high, and each part says what it is."""
    chart = columns("Mail", "Six came.", ["Mon", "Tue"], {"low": [1, 2], "high": [3, 0]}, step="Day")

    tall = [float(one.get("height")) for one in drawn(chart).iter("rect")]

    assert [round(one / tall[0]) for one in tall] == [1, 3, 2]
    assert [one.text for one in drawn(chart).iter("title")] == ["Mon: low 1", "Mon: high 3", "Tue: low 2"]
    assert chart.rows == [["Mon", "1", "3"], ["Tue", "2", "0"]]


def test_everything_lies_within_the_drawing():
    """No point, line or column leaves the frame, with many steps as with none."""
    many = columns("Mail", "", [str(day) for day in range(90)], {"a": list(range(90))}, step="Day")
    none = columns("Mail", "", [], {}, step="Day")
    points = curve("Sure", "", [Point(0, 0, "0: 0"), Point(1, 1, "1: 1")], axes=("x", "y"), with_diagonal=True)

    for chart in (many, none, points):
        for one in drawn(chart).iter():
            assert all(0 <= float(one.get(name, 0)) <= WIDTH for name in ("x", "x1", "x2", "cx"))
            assert all(0 <= float(one.get(name, 0)) <= HEIGHT for name in ("y", "y1", "y2", "cy"))


def test_chart_can_be_heard_and_read():
    """It has a name and a description, and its table the same figures."""
    chart = curve("Sure", "It is right.", [Point(0.5, 0.6, "50%: 60% of 3")], axes=("Sure", "Right"))

    assert drawn(chart).get("aria-label") == "Sure. It is right."
    assert (chart.head, chart.rows) == (("Sure", "Right"), [["50%", "60% of 3"]])


def test_names_of_series_are_text():
    """A topic that looks like markup is no markup."""
    chart = columns("<b>", "<i>", ["<u>"], {"<script>": [1]}, step="Day")

    assert "<script>" not in chart.svg
    assert [one.text for one in drawn(chart).iter("title")] == ["<u>: <script> 1"]

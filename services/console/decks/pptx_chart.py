"""Native charts of a PowerPoint deck, with a workbook behind each that runs nothing."""

from io import BytesIO
from itertools import chain
from typing import Final

from pptx.chart.chart import Chart as Drawn
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.slide import Slide as Page
from pptx.util import Emu, Pt
from xlsxwriter import Workbook

from services.console.decks import look
from services.console.decks.slide import Chart, NumberForm, Shape

Place = tuple[int, int, int, int]
_KINDS: Final = {
    Shape.COLUMN: XL_CHART_TYPE.COLUMN_CLUSTERED,
    Shape.STACKED: XL_CHART_TYPE.COLUMN_STACKED,
    Shape.BAR: XL_CHART_TYPE.BAR_CLUSTERED,
    Shape.LINE: XL_CHART_TYPE.LINE_MARKERS,
    Shape.XY: XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS,
}
_FORMS: Final[dict[NumberForm, str]] = {
    "number": "#,##0",
    "share": "0.0%",
    "money": "#,##0.00",
    "decimal": "0.0",
}
#: What a workbook may not read into a text.
_PLAIN: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: Figures stand on the columns while there are few of them.
_LABELLED: Final = 16


def draw(page: Page, chart: Chart, place: Place) -> None:
    """Draw a native chart at (left, top, width, height)."""
    left, top, width, height = (Emu(each) for each in place)
    data = _xy(chart) if chart.shape is Shape.XY else _categories(chart)
    frame = page.shapes.add_chart(_KINDS[chart.shape], left, top, width, height, data)
    # Blind readers are told what others see.
    frame.element.xpath(".//p:cNvPr")[0].set("descr", chart.description)
    drawn = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(workbook_of(chart))
    _dress(drawn, chart)


def _categories(chart: Chart) -> CategoryChartData:
    data = CategoryChartData(number_format=_FORMS[chart.form])
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.name, series.values)
    return data


def _xy(chart: Chart) -> XyChartData:
    data = XyChartData(number_format=_FORMS[chart.form])
    for series in chart.series:
        points = data.add_series(series.name)
        for x, y in zip(series.xs, series.values, strict=True):
            points.add_data_point(x, y)
    return data


def workbook_of(chart: Chart) -> bytes:
    """Write the figures behind a chart where PowerPoint looks for them.

    python-pptx writes this workbook too, but a name that begins with = becomes a formula there.
    """
    out = BytesIO()
    with Workbook(out, _PLAIN) as workbook:
        sheet = workbook.add_worksheet()
        if chart.shape is Shape.XY:
            row = 0
            for series in chart.series:
                sheet.write_string(row, 1, series.name)
                sheet.write_column(row + 1, 0, series.xs)
                sheet.write_column(row + 1, 1, series.values)
                row += len(series.values) + 2
        else:
            for number, name in enumerate(chart.categories, start=1):
                sheet.write_string(number, 0, name)
            for column, series in enumerate(chart.series, start=1):
                sheet.write_string(0, column, series.name)
                sheet.write_column(1, column, series.values)
    return out.getvalue()


def _dress(drawn: Drawn, chart: Chart) -> None:
    drawn.has_title = False
    drawn.font.size = Pt(11)
    drawn.font.color.rgb = RGBColor.from_string(look.INK)
    drawn.has_legend = len(chart.series) > 1
    if drawn.legend is not None:
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.include_in_layout = False
    _colour(drawn, chart)
    _axes(drawn, chart)
    _label(drawn, chart)


def _colour(drawn: Drawn, chart: Chart) -> None:
    is_line = chart.shape in {Shape.LINE, Shape.XY}
    for number, series in enumerate(chain.from_iterable(plot.series for plot in drawn.plots)):
        colour = RGBColor.from_string(look.COLOURS[number % len(look.COLOURS)])
        if is_line:
            series.format.line.color.rgb = colour
            series.format.line.width = Pt(2.25)
            series.smooth = False
            series.marker.style = XL_MARKER_STYLE.NONE
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour


def _axes(drawn: Drawn, chart: Chart) -> None:
    values, names = drawn.value_axis, drawn.category_axis
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string(look.LINE)
    values.tick_labels.number_format = _FORMS[chart.form].replace(".00", "").replace("0.0%", "0%")
    values.tick_labels.number_format_is_linked = False
    names.has_major_gridlines = False
    for axis, title in ((names, chart.x_title), (values, chart.y_title)):
        axis.has_title = bool(title)
        if title:
            axis.axis_title.text_frame.text = title
    if chart.shape is Shape.XY:
        for axis in (names, values):
            axis.minimum_scale, axis.maximum_scale = 0, 1
        names.tick_labels.number_format = "0%"
        names.tick_labels.number_format_is_linked = False
    if chart.shape is Shape.BAR:
        names.reverse_order = True


def _label(drawn: Drawn, chart: Chart) -> None:
    figures = len(chart.categories) * len(chart.series)
    if chart.shape not in {Shape.COLUMN, Shape.BAR} or figures > _LABELLED:
        return
    plot = drawn.plots[0]
    plot.has_data_labels = True
    plot.data_labels.number_format = _FORMS[chart.form]
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.font.size = Pt(11)

"""The bulletin as PDF: A4, with a font for English and Chinese embedded (of it, only the letters that are used)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import cache
from importlib import resources

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode
from fpdf.fonts import FontFace

from douse.outputs.bulletin.rows import Figure
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.bulletin.view import View, view, words_of

_FONT, _FILE = "Noto Sans SC", "NotoSansSC-GB2312.ttf"
_MISSING = "□"  # stands for a letter that the font does not hold
_INK, _QUIET, _ACCENT, _SOFT = (27, 39, 51), (82, 96, 109), (11, 92, 133), (243, 246, 248)
_LEVELS = {
    "open": (243, 246, 248), "precaution": (249, 216, 127), "control": (236, 143, 69), "lockdown": (138, 28, 74),
}  # fmt: skip


def pdf(history: Sequence[Bulletin], language: str) -> bytes:
    """The last bulletin of a history. The same bulletin gives the same bytes."""
    told, shown = history[-1], view(history, language)
    page = _Page(shown, told, language)
    page.write()
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, shown: View, told: Bulletin, language: str) -> None:
        super().__init__(format="A4")
        self.v, self.told, self.language = shown, told, language
        self.say = words_of(told, language).say
        self.set_margin(18)
        self.set_auto_page_break(auto=True, margin=20)
        with resources.as_file(resources.files("douse.outputs.bulletin").joinpath("assets", _FILE)) as path:
            self.add_font(_FONT, fname=str(path))
        self.set_title(_held(shown.title))
        self.set_lang("zh-Hans" if language == "zh" else "en")
        self.set_creation_date(datetime.combine(told.as_of, time(23, 59, 59), tzinfo=UTC))
        self.set_producer("Douse")
        self.wrap = WrapMode.CHAR if language == "zh" else WrapMode.WORD

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(_FONT, size=7)
        self.set_text_color(*_QUIET)
        self.cell(0, 4, f"SHA-256 {self.v.id}")
        self.cell(0, 4, f"{self.page_no()} / {{nb}}", align=Align.R)

    def write(self) -> None:  # type: ignore[override]  # the page writes itself
        v = self.v
        self.add_page()
        if v.notice:
            self._box(v.notice, (253, 242, 214), (109, 74, 0))
        self._line(v.title, 20, gap=1)
        self._line(v.day, 12, colour=_ACCENT, gap=3)
        self._line(v.lead, 12, gap=4)
        self._figures(v.figures)
        if v.corrections:
            self._heading(self.say("Corrections of earlier bulletins"))
            self._bullets(v.corrections)
        self._heading(self.say("What changed since the bulletin before"))
        self._bullets(
            v.changes or (self.say("No level changed.") if v.previous else self.say("This is the first bulletin."),)
        )
        self._more(v.more_changes)
        self._levels()
        self._areas()
        self._asked()
        self._tests()
        self._heading(self.say("What each level means for a household"))
        for meant in v.meanings:
            self._line(meant.label, 10.5, colour=_ACCENT, gap=0.5)
            self._bullets(meant.means)
        self._heading(self.say("Whom to call"))
        self._line(v.call, 10)
        self._line(" ".join(v.about), 8, colour=_QUIET)
        if v.previous:
            self._line(f"{self.say('after')} {v.previous}", 7, colour=_QUIET)

    def _line(self, text: str, size: float, *, colour: tuple[int, int, int] = _INK, gap: float = 2) -> None:
        self.set_font(_FONT, size=size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.52, _held(text), new_x="LMARGIN", new_y="NEXT", align=Align.L, wrapmode=self.wrap)
        self.ln(gap)

    def _heading(self, text: str) -> None:
        if self.will_page_break(24):
            self.add_page()
        self.ln(2)
        self.set_draw_color(*_INK)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(2)
        with self.local_context(text_mode="FILL_STROKE", line_width=0.15):  # the font has one weight
            self._line(text, 12.5, gap=1.5)

    def _box(self, text: str, fill: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
        self.set_font(_FONT, size=10)
        self.set_fill_color(*fill)
        self.set_text_color(*ink)
        self.multi_cell(
            0, 6, _held(text), fill=True, new_x="LMARGIN", new_y="NEXT", align=Align.L, padding=2, wrapmode=self.wrap
        )
        self.ln(3)

    def _bullets(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.set_font(_FONT, size=10)
            self.set_text_color(*_INK)
            self.cell(5, 5.4, "•")
            self.multi_cell(0, 5.4, _held(line), new_x="LMARGIN", new_y="NEXT", align=Align.L, wrapmode=self.wrap)
        self.ln(1.5)

    def _more(self, number: int) -> None:
        if number:
            self._line(self.say("And {n} more: in the look-up.", n=number), 9, colour=_QUIET)

    def _figures(self, figures: Sequence[Figure]) -> None:
        high, gap = 25.0, 3.0
        if self.will_page_break(high + gap):
            self.add_page()
        wide = (self.epw - gap * (len(figures) - 1)) / len(figures)
        top = self.get_y()
        for place, figure in enumerate(figures):
            left = self.l_margin + place * (wide + gap)
            self.set_fill_color(*_SOFT)
            self.rect(left, top, wide, high, style="F")
            self.set_fill_color(159, 176, 189)
            self.rect(left, top, wide, 0.9, style="F")
            inner = wide - 3
            self.set_xy(left + 1.5, top + 2)
            self.set_font(_FONT, size=7.5)
            self.set_text_color(*_QUIET)
            self.multi_cell(
                inner, 3.4, _held(figure.label), align=Align.L, new_x="LEFT", new_y="NEXT", wrapmode=self.wrap
            )
            self.set_xy(left + 1.5, top + 9)
            self.set_font(_FONT, size=15)
            self.set_text_color(*_INK)
            self.cell(inner, 7, figure.value, new_x="LEFT", new_y="NEXT")
            self.set_font(_FONT, size=6.5)
            self.set_text_color(*_QUIET)
            small = "\n".join(filter(None, figure.small))
            self.multi_cell(inner, 3.2, _held(small), align=Align.L, wrapmode=self.wrap)
        self.set_xy(self.l_margin, top + high + 3)

    def _levels(self) -> None:
        v = self.v
        self._heading(self.say("Levels in force"))
        if v.levels:
            heads = (
                self.say("Zone"),
                self.say("Level"),
                self.say("Since"),
                self.say("Until when"),
                self.say("Countdown"),
            )
            rows = [
                (f"{r.name}\n{r.within}" if r.within else r.name, r.label, r.since, r.until, r.lift or "–")
                for r in v.levels
            ]
            self._table(heads, rows, (30, 17, 17, 36, 34), chips=[row.level for row in v.levels])
            self._more(v.more_levels)
        else:
            self._line(self.say("No zone that is named here has a level."), 10)
        if v.stricter:
            self._line(v.stricter, 9, colour=_QUIET)

    def _areas(self) -> None:
        v = self.v
        self._heading(self.say("Cases by area"))
        heads = (self.say("Area"), self.say("New"), self.say("In all"), self.say("Days of the new"))
        self._table(heads, [(r.name, r.new, r.all, r.note) for r in v.areas], (44, 14, 14, 28), right=(1, 2))
        if v.note:
            self._line(v.note, 9, colour=_QUIET)

    def _asked(self) -> None:
        asked = self.v.asked
        if asked is None:
            return
        self._heading(self.say("What residents asked for, and what is missing"))
        if not asked.figures:
            self._line(self.say("No request is on record."), 10)
            return
        self._figures(asked.figures)
        heads = (self.say("Asked for"), self.say("New"), self.say("In all"), self.say("Days of the new"))
        self._table(heads, [(r.name, r.new, r.all, r.note) for r in asked.kinds], (44, 14, 14, 28), right=(1, 2))
        self._line(asked.note, 9, colour=_QUIET)

    def _tests(self) -> None:
        v = self.v
        self._heading(self.say("Where and when to be tested"))
        if v.rounds:
            self._line(self.say("Days of testing for everybody in"), 10.5, colour=_ACCENT, gap=0.5)
            self._bullets([f"{name}: {days}" for name, days in v.rounds])
            if v.more_rounds:
                self._line(self.say("And {n} more: in the calendar.", n=v.more_rounds), 9, colour=_QUIET)
        if v.sites:
            self._line(self.say("Sites where anybody may be tested"), 10.5, colour=_ACCENT, gap=0.5)
            self._bullets([f"{name} ({within})" if within else name for name, within in v.sites])
            if v.more_sites:
                self._line(self.say("And {n} more: in the JSON file.", n=v.more_sites), 9, colour=_QUIET)
        if not v.rounds and not v.sites:
            self._line(self.say("No day or site of testing is on record: call {call}.", call=v.call), 10)

    def _table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: tuple[int, ...],
        *,
        right: Sequence[int] = (),
        chips: Sequence[str] = (),
    ) -> None:
        self.set_font(_FONT, size=8.5)
        self.set_text_color(*_INK)
        self.set_draw_color(213, 221, 228)
        self.set_fill_color(255, 255, 255)
        with self.table(
            col_widths=widths,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(color=_QUIET, size_pt=8),
            line_height=4.6,
            padding=(1.2, 1.5),
            text_align=tuple("RIGHT" if at in right else "LEFT" for at in range(len(heads))),
            wrapmode=self.wrap,
        ) as table:
            table.row([_held(head) for head in heads])
            for place, cells in enumerate(rows):
                row = table.row()
                for at, cell in enumerate(cells):
                    style = None
                    if chips and at == 1:
                        dark = chips[place] == "lockdown"
                        style = FontFace(color=(255, 255, 255) if dark else _INK, fill_color=_LEVELS[chips[place]])
                    row.cell(_held(cell), style=style)
        self.set_font(_FONT, size=10)
        self.ln(2)


@cache
def _letters() -> frozenset[int]:
    """Letters that the font holds."""
    file = resources.files("douse.outputs.bulletin").joinpath("assets", _FILE)
    with resources.as_file(file) as path, TTFont(str(path), lazy=True) as font:
        return frozenset(font.getBestCmap())


def _held(text: str) -> str:
    """The text with a box in place of what the font does not hold, so that a gap is seen and not passed over."""
    return "".join(letter if letter == "\n" or ord(letter) in _letters() else _MISSING for letter in text)
